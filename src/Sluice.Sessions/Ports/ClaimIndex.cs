using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>The ranges claimed of one realm's ports of one class, found by address. Immutable: a reload makes another.</summary>
internal sealed class ClaimIndex
{
    private readonly PortClaim[] claims;

    // The greatest last address of a claim and all before it: a walk to the left ends where it is less than what is looked for.
    private readonly IpAddress[] reach;

    private ClaimIndex(PortClaim[] claims)
    {
        Array.Sort(claims, static (one, other) => one.Addresses.CompareTo(other.Addresses));
        this.claims = claims;
        reach = new IpAddress[claims.Length];
        for (int i = 0; i < claims.Length; i++)
        {
            IpAddress last = claims[i].Addresses.Last;
            reach[i] = i > 0 && reach[i - 1].CompareTo(last) > 0 ? reach[i - 1] : last;
        }
    }

    /// <summary>Nothing is claimed.</summary>
    public static ClaimIndex Empty { get; } = new([]);

    /// <summary>These claims too.</summary>
    public ClaimIndex With(IEnumerable<PortClaim> added) => new([.. claims, .. added]);

    /// <summary>All but these.</summary>
    public ClaimIndex Without(HashSet<PortClaim> gone) => new(Array.FindAll(claims, claim => !gone.Contains(claim)));

    /// <summary>Whether a port of an address is claimed.</summary>
    public bool Covers(IpAddress address, ushort port)
    {
        for (int i = LastBefore(address); i >= 0 && reach[i].CompareTo(address) >= 0; i--)
            if (claims[i].Addresses.Contains(address) && claims[i].Range.Contains(port)) return true;
        return false;
    }

    /// <summary>Sets the bits of an address's claimed ports.</summary>
    public void CopyTo(IpAddress address, Span<ulong> words)
    {
        for (int i = LastBefore(address); i >= 0 && reach[i].CompareTo(address) >= 0; i--)
            if (claims[i].Addresses.Contains(address)) Set(words, claims[i].Range);
    }

    // The last claim that begins at the address or before it; -1 if none does.
    private int LastBefore(IpAddress address)
    {
        int low = 0, high = claims.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (claims[middle].Addresses.First.CompareTo(address) <= 0) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private static void Set(Span<ulong> words, PortRange range)
    {
        for (int word = range.First >> 6; word <= range.Last >> 6; word++)
        {
            ulong mask = ulong.MaxValue;
            if (word == range.First >> 6) mask &= ulong.MaxValue << (range.First & 63);
            if (word == range.Last >> 6) mask &= ulong.MaxValue >> (63 - (range.Last & 63));
            words[word] |= mask;
        }
    }
}
