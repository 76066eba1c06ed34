using System.Collections.Immutable;
using System.Numerics;

namespace Sluice.Packets.Addresses;

/// <summary>A prefix and a range of its ports; <see cref="PortRange.All"/> where ports don't matter.</summary>
public readonly record struct PortedPrefix(IpPrefix Prefix, PortRange Ports) : IComparable<PortedPrefix>
{
    /// <summary>Whether the two share an address and port.</summary>
    public bool Overlaps(PortedPrefix other) => Prefix.Overlaps(other.Prefix) && Ports.Overlaps(other.Ports);

    /// <inheritdoc/>
    public int CompareTo(PortedPrefix other)
    {
        int byPrefix = Prefix.CompareTo(other.Prefix);
        return byPrefix != 0 ? byPrefix : Ports.First.CompareTo(other.Ports.First);
    }

    /// <summary>"10.0.0.0/8", or "10.0.0.0/8:80-90" ("[2001:db8::/32]:80").</summary>
    public override string ToString() => Ports.IsAll ? Prefix.ToString() : Prefix.Family == IpFamily.V4 ? $"{Prefix}:{Ports}" : $"[{Prefix}]:{Ports}";
}

/// <summary>A range of addresses and a range of their ports: what sets are made from.</summary>
public readonly record struct PortedRange(IpRange Addresses, PortRange Ports)
{
    /// <summary>Every port of the addresses of a prefix.</summary>
    public PortedRange(IpPrefix prefix) : this(new IpRange(prefix), PortRange.All)
    {
    }

    /// <summary>Whether the two share an address and port.</summary>
    public bool Overlaps(PortedRange other) => Addresses.Overlaps(other.Addresses) && Ports.Overlaps(other.Ports);
}

/// <summary>An immutable set of (address, port) pairs in one canonical form: two sets of the same pairs have the same pieces.</summary>
/// <remarks>
/// The pieces are disjoint. Ports are split first: for each band of ports that have the same addresses, those addresses are
/// written as the fewest prefixes; then pieces of one prefix whose ports touch are joined. IPv4 and IPv6 never meet.
/// </remarks>
public sealed partial class PrefixSet : IEquatable<PrefixSet>
{
    private PrefixSet(ImmutableArray<PortedPrefix> items) => Items = items;

    /// <summary>The set of nothing.</summary>
    public static PrefixSet Empty { get; } = new([]);

    /// <summary>The disjoint pieces, sorted by prefix, then by ports.</summary>
    public ImmutableArray<PortedPrefix> Items { get; }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Items.IsEmpty;

    /// <summary>How many pairs it has; every port of an address counts 65536.</summary>
    public BigInteger Count
    {
        get
        {
            BigInteger count = BigInteger.Zero;
            foreach (PortedPrefix item in Items)
                count += (BigInteger.One << (item.Prefix.Address.Bits - item.Prefix.Length)) * item.Ports.Count;
            return count;
        }
    }

    /// <summary>Whether the pair lies in the set.</summary>
    public bool Contains(IpAddress address, ushort port)
    {
        foreach (PortedPrefix item in Items)
            if (item.Prefix.Contains(address) && item.Ports.Contains(port)) return true;
        return false;
    }

    /// <summary>Whether the set has a pair of these addresses and ports.</summary>
    public bool Overlaps(PortedRange range)
    {
        foreach (PortedPrefix item in Items)
            if (new IpRange(item.Prefix).Overlaps(range.Addresses) && item.Ports.Overlaps(range.Ports)) return true;
        return false;
    }

    /// <summary>The addresses that have a port in the set, as the fewest ranges, sorted.</summary>
    public ImmutableArray<IpRange> ToRanges()
    {
        var ranges = ImmutableArray.CreateBuilder<IpRange>(Items.Length);
        foreach (PortedPrefix item in Items)
        {
            IpRange next = new(item.Prefix);
            if (ranges.Count > 0 && Joins(ranges[^1], next))
            {
                IpRange last = ranges[^1];
                ranges[^1] = new IpRange(last.First, last.Last.Value >= next.Last.Value ? last.Last : next.Last);
            }
            else
            {
                ranges.Add(next);
            }
        }

        return ranges.ToImmutable();
    }

    /// <inheritdoc/>
    public bool Equals(PrefixSet? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PrefixSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (PortedPrefix item in Items) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The pieces with commas between them.</summary>
    public override string ToString() => string.Join(", ", Items);

    // Whether next, which doesn't begin before last, meets it or begins right after it.
    private static bool Joins(IpRange last, IpRange next) =>
        last.Family == next.Family && (next.First.Value <= last.Last.Value || next.First.Value - 1 == last.Last.Value);
}
