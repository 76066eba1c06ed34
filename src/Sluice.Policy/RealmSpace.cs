using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Collects where the addresses of one realm lead: its own prefixes, what peers expose to it, the public addresses in it.</summary>
internal sealed class RealmSpace
{
    // Never in reach of a default expose: what may not be exposed by name may not be exposed by default (RFC 6890, RFC 4291).
    private static readonly IpPrefix[] SpecialUse =
    [
        .. new[] { "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fe80::/10", "ff00::/8" }
            .Select(IpPrefix.Parse),
    ];

    private readonly PrefixMapBuilder builder = new();

    internal PrefixMapBuilder Map => builder;

    internal List<int> MasqueradingPairs { get; } = [];

    /// <summary>Keeps special-use space from whatever covers it by a shorter prefix.</summary>
    internal static void AddSpecialUse(PrefixMapBuilder builder)
    {
        foreach (IpPrefix prefix in SpecialUse) builder.Add(new IpRange(prefix), PrefixMap.Miss, LengthPreference(prefix.Length));
    }

    /// <summary>What the realm has itself: nobody else's, where no peer shows as long a prefix.</summary>
    internal void AddOwn(IpPrefix prefix) => builder.Add(new IpRange(prefix), PrefixMap.Miss, LengthPreference(prefix.Length));

    /// <summary>What a peer shows as it is, of a prefix of that length; of an own prefix as long as it the peer's wins.</summary>
    internal void AddPeer(IpRange range, int length, int pair) =>
        builder.Add(range, Destination.Pack(DestinationKind.Peer, pair), LengthPreference(length) + 1);

    /// <summary>What a peer shows of a family by default: all but special-use space.</summary>
    internal void AddPeerDefault(IpFamily family, int pair)
    {
        AddPeer(new IpRange(new IpPrefix(new IpAddress(family, 0), 0)), 0, pair);
        AddSpecialUse(builder);
    }

    internal void AddPublic(IpRange range) =>
        builder.Add(range, Destination.Pack(DestinationKind.Public, 0), int.MaxValue);

    internal void AddHairpin(IpRange range, int pair) =>
        builder.Add(range, Destination.Pack(DestinationKind.Hairpin, pair), int.MaxValue - 1);

    private static int LengthPreference(int length) => length * 2;
}
