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

    // Public addresses of the gateway come before whatever else covers them, in this order: ports that somebody has, all ports of somebody, no port.
    // Virtual addresses come before all: whoever writes a translation means its address.
    private const int ServiceForSome = ServicePort + 1;
    private const int ServicePort = 1 << 21;
    private const int ServiceRest = ServicePort - 1;
    private const int OwnedPort = 1 << 20;
    private const int Owned = OwnedPort - 1;
    private const int OwnedRest = OwnedPort - 2;
    private const int TurnedPort = 1 << 19;
    private const int Turned = TurnedPort - 1;

    private readonly CellMapBuilder builder = new(Destination.PackCell);
    private readonly HashSet<IpRange> publics = [];
    private readonly HashSet<IpAddress> rests = [];

    internal CellMapBuilder Map => builder;

    /// <summary>The addresses that the gateway owns in the realm, in the order of the configuration.</summary>
    internal List<IpRange> PublicAddresses { get; } = [];

    internal List<int> MasqueradingPairs { get; } = [];

    /// <summary>What peers show as it is.</summary>
    internal List<Shown> ShownByPeers { get; } = [];

    /// <summary>Addresses that a peer shows, some of their ports or all, by an entry of that prefix length, to the packets of a pair.</summary>
    internal readonly record struct Shown(IpRange Range, PortRange Ports, int Length, int Pair);

    /// <summary>Keeps special-use space from whatever covers it by a shorter prefix.</summary>
    internal static void AddSpecialUse(CellMapBuilder builder)
    {
        foreach (IpPrefix prefix in SpecialUse) builder.Add(new IpRange(prefix), PrefixMap.Miss, LengthPreference(prefix.Length));
    }

    /// <summary>What the realm has itself: nobody else's, where no peer shows as long a prefix.</summary>
    internal void AddOwn(IpPrefix prefix) => builder.Add(new IpRange(prefix), PrefixMap.Miss, LengthPreference(prefix.Length));

    /// <summary>What a peer shows as it is, of a prefix of that length; of an own prefix as long as it the peer's wins.</summary>
    internal void AddPeer(IpRange range, PortRange ports, int length, int pair)
    {
        builder.Add(range, Entry(ports, Destination.Pack(DestinationKind.Peer, pair)), LengthPreference(length) + 1);
        ShownByPeers.Add(new Shown(range, ports, length, pair));
    }

    /// <summary>What a peer shows of a family by default: all but special-use space.</summary>
    internal void AddPeerDefault(IpFamily family, int pair)
    {
        AddPeer(new IpRange(new IpPrefix(new IpAddress(family, 0), 0)), PortRange.All, 0, pair);
        AddSpecialUse(builder);
    }

    /// <summary>What a masquerade of a peer owns.</summary>
    internal void AddPublic(IpRange range)
    {
        AddPublicAddresses(range);
        builder.Add(range, Destination.Pack(DestinationKind.Public, 0), Owned);
    }

    /// <summary>What has a fixed inside endpoint at a peer. The rest of such addresses is nobody's.</summary>
    internal void AddTranslated(IpRange range, CellProtocols protocols, PortRange ports, int view, uint rule)
    {
        AddPublicAddresses(range);
        var entry = new CellEntry(protocols, ports, Destination.Pack(DestinationKind.Translated, view));
        builder.Add(range, entry, entry.IsWhole ? Owned : OwnedPort + PrefixMapBuilder.SpecificityOf(range));
        if (!entry.IsWhole) builder.Add(range, Destination.Pack(DestinationKind.Refused, (int)rule), OwnedRest);
    }

    /// <summary>What a masquerade of this realm owns at the peer.</summary>
    internal void AddHairpin(IpRange range, int pair) =>
        builder.Add(range, Destination.Pack(DestinationKind.Hairpin, pair), Turned);

    /// <summary>What a rule of an added kind owns.</summary>
    internal void AddRuled(IpRange range, int rule)
    {
        AddPublicAddresses(range);
        builder.Add(range, Destination.Pack(DestinationKind.Ruled, rule), Owned);
    }

    /// <summary>What has a fixed inside endpoint in this realm, and is public at a peer.</summary>
    internal void AddTranslatedHairpin(IpRange range, CellProtocols protocols, PortRange ports, int view)
    {
        var entry = new CellEntry(protocols, ports, Destination.Pack(DestinationKind.TranslatedHairpin, view));
        builder.Add(range, entry, entry.IsWhole ? Turned : TurnedPort + PrefixMapBuilder.SpecificityOf(range));
    }

    /// <summary>A virtual service of this realm.</summary>
    internal void AddService(IpAddress address, CellEntry entry) => builder.Add(new IpRange(address, address), entry, entry.IsBySource ? ServiceForSome : ServicePort);

    /// <summary>What no service has of a virtual address of this realm is nobody's; the gateway owns the address.</summary>
    internal void AddServiceRest(IpAddress address, int view)
    {
        var range = new IpRange(address, address);
        if (!rests.Add(address)) return;
        AddPublicAddresses(range);
        builder.Add(range, Destination.Pack(DestinationKind.ServiceRest, view), ServiceRest);
    }

    /// <summary>A virtual service of a peer, shown by an entry of that prefix length: just before what else that entry shows.</summary>
    internal void AddPeerService(IpAddress address, CellEntry entry, int length) => builder.Add(new IpRange(address, address), entry, LengthPreference(length) + (entry.IsBySource ? 4 : 3));

    /// <summary>What no service has of a peer's virtual address.</summary>
    internal void AddPeerServiceRest(IpAddress address, PortRange ports, int length, int view) =>
        builder.Add(new IpRange(address, address), Entry(ports, Destination.Pack(DestinationKind.PeerServiceRest, view)), LengthPreference(length) + 2);

    /// <summary>An entry for all protocols, or, where it names ports, for those that have some.</summary>
    internal static CellEntry Entry(PortRange ports, int value) => new(ports.IsAll ? CellProtocols.All : CellProtocols.Ported, ports, value);

    private void AddPublicAddresses(IpRange range)
    {
        if (publics.Add(range)) PublicAddresses.Add(range);
    }

    // Of one length: the realm's own, a peer's, and of the peer's what is left of a virtual service's address, the service, and one that is for some clients.
    private static int LengthPreference(int length) => length * 5;
}
