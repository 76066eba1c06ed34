namespace Sluice.Packets.Addresses;

/// <summary>The addresses from <see cref="First"/> to <see cref="Last"/>, both included, of one family.</summary>
public readonly record struct IpRange(IpAddress First, IpAddress Last) : IComparable<IpRange>
{
    /// <summary>The addresses of a prefix.</summary>
    public IpRange(IpPrefix prefix) : this(prefix.First, prefix.Last)
    {
    }

    /// <summary>The family of the addresses.</summary>
    public IpFamily Family => First.Family;

    /// <summary>How many addresses it has, less one (the whole of IPv6 has more than a number can say).</summary>
    public UInt128 Span => Last.Value - First.Value;

    /// <summary>Whether the address lies in the range.</summary>
    public bool Contains(IpAddress address) =>
        address.Family == Family && address.Value >= First.Value && address.Value <= Last.Value;

    /// <summary>Whether the two ranges share an address.</summary>
    public bool Overlaps(IpRange other) =>
        other.Family == Family && First.Value <= other.Last.Value && other.First.Value <= Last.Value;

    /// <inheritdoc/>
    public int CompareTo(IpRange other)
    {
        int byFirst = First.CompareTo(other.First);
        return byFirst != 0 ? byFirst : Last.CompareTo(other.Last);
    }

    /// <summary>"first-last", or the address alone.</summary>
    public override string ToString() => First == Last ? First.ToString() : $"{First}-{Last}";
}
