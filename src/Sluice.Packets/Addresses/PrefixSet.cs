using System.Collections.Immutable;

namespace Sluice.Packets.Addresses;

/// <summary>A prefix and a range of its ports; <see cref="PortRange.All"/> where ports don't matter.</summary>
public readonly record struct PortedPrefix(IpPrefix Prefix, PortRange Ports)
{
    /// <summary>Whether the two share an address and port.</summary>
    public bool Overlaps(PortedPrefix other) => Prefix.Overlaps(other.Prefix) && Ports.Overlaps(other.Ports);

    /// <summary>"10.0.0.0/8", or "10.0.0.0/8:80-90" ("[2001:db8::/32]:80").</summary>
    public override string ToString() => Ports.IsAll ? Prefix.ToString() : Prefix.Family == IpFamily.V4 ? $"{Prefix}:{Ports}" : $"[{Prefix}]:{Ports}";
}

/// <summary>An immutable set of (address, port) pairs in its one canonical form: disjoint, merged, sorted.</summary>
public sealed partial class PrefixSet
{
    private PrefixSet(ImmutableArray<PortedPrefix> items) => Items = items;

    /// <summary>The set of nothing.</summary>
    public static PrefixSet Empty { get; } = new([]);

    /// <summary>The disjoint pieces, sorted by prefix, then by ports.</summary>
    public ImmutableArray<PortedPrefix> Items { get; }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Items.IsEmpty;

    /// <summary>Whether the pair lies in the set.</summary>
    public bool Contains(IpAddress address, ushort port)
    {
        foreach (PortedPrefix item in Items)
            if (item.Prefix.Contains(address) && item.Ports.Contains(port)) return true;
        return false;
    }

    /// <summary>The pieces with commas between them.</summary>
    public override string ToString() => string.Join(", ", Items);
}
