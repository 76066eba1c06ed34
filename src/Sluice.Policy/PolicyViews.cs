using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>Where a destination address leads, seen from one realm.</summary>
internal enum DestinationKind
{
    /// <summary>It stays in the realm. No value says so: the look-up misses.</summary>
    Own = 0,

    /// <summary>To an address that the peer's end of a pair exposes as it is; the number is that of the sender's pair.</summary>
    Peer = 1,

    /// <summary>To a public address of a masquerade in this realm: whose it is, the mappings know.</summary>
    Public = 2,

    /// <summary>To a masquerade's public address of the realm's own hosts, which is public in the realm at the pair's other end.</summary>
    Hairpin = 3,

    /// <summary>To a public endpoint with a fixed inside endpoint at a peer; the number is the view of its expose.</summary>
    Translated = 4,

    /// <summary>To a public endpoint, at a peer, with a fixed inside endpoint in this realm; the number is the view of its expose.</summary>
    TranslatedHairpin = 5,

    /// <summary>To a public address that the gateway owns, and no port of it that anybody has; the number is a rule that has others of its ports.</summary>
    Refused = 6,

    /// <summary>It depends on protocol and port; the number is a cell of <see cref="PortCells"/>.</summary>
    Cell = 7,

    /// <summary>To a virtual service; the number is that of its view.</summary>
    Service = 8,

    /// <summary>To what no translation has of a virtual address in this realm; the number is the view of one that has some of it.</summary>
    ServiceRest = 9,

    /// <summary>The same of a virtual address that a peer shows.</summary>
    PeerServiceRest = 10,

    /// <summary>To an address that a rule of an added kind owns; the number is its place among these rules.</summary>
    Ruled = 11,

    /// <summary>To a virtual service, by who asks; the number is that of a <see cref="Translations.SourceMatch"/>. Stands in cells alone.</summary>
    ServiceBySource = 12,
}

/// <summary>The values of the destination maps: kind in the low four bits, a number above them.</summary>
internal static class Destination
{
    internal static int Pack(DestinationKind kind, int number) => number << 4 | (int)kind;

    internal static int PackCell(int cell) => Pack(DestinationKind.Cell, cell);

    internal static DestinationKind KindOf(int value) => value < 0 ? DestinationKind.Own : (DestinationKind)(value & 15);

    internal static int NumberOf(int value) => value >> 4;

    /// <summary>Whether the address is the gateway's own in the realm.</summary>
    internal static bool IsPublic(DestinationKind kind) => kind is DestinationKind.Public or DestinationKind.Translated or DestinationKind.Refused or DestinationKind.ServiceRest or DestinationKind.Ruled;
}

/// <summary>The values of a pair's sources: the number of a view, or of a cell where the lowest bit is set.</summary>
internal static class Source
{
    internal static int Pack(int view) => view << 1;

    internal static int PackCell(int cell) => cell << 1 | 1;

    internal static bool IsCell(int value) => (value & 1) != 0 && value >= 0;

    /// <summary>The view or cell; view 0, which exposes nothing, of a miss.</summary>
    internal static int NumberOf(int value) => (value & ~(value >> 31)) >> 1;
}

/// <summary>One realm's end of a peering: what it exposes to the other. The pair of the other direction is its neighbour: its number with the lowest bit turned.</summary>
/// <param name="From">The realm that exposes.</param>
/// <param name="To">The realm that it exposes to.</param>
/// <param name="Sources">By private address: how it is exposed, as <see cref="Source"/> packs it.</param>
/// <param name="Pools">The pools of its masquerades.</param>
internal readonly record struct PairView(ushort From, ushort To, PrefixMap Sources, int[] Pools);

internal enum ExposeKind : byte
{
    /// <summary>Nothing is exposed.</summary>
    None = 0,

    /// <summary>Addresses as they are: no NAT, or a default expose.</summary>
    Plain,

    /// <summary>Behind public addresses of a pool.</summary>
    Masquerade,

    /// <summary>One to one.</summary>
    Static,

    /// <summary>Public ports that lead to private ones.</summary>
    Forward,
}

/// <summary>What an expose, or a piece of a translated one, does for the addresses that it covers.</summary>
internal readonly record struct ExposeView
{
    /// <summary>Of a fixed public endpoint: the sources of the peer's packets to it, so that no look at the pair stands between.</summary>
    internal PrefixMap Senders { get; init; }

    /// <summary>Public address less private address, where a whole piece is shifted.</summary>
    internal UInt128 Shift { get; init; }

    /// <summary>The pool, or <see cref="Decision.NoPool"/>.</summary>
    internal int Pool { get; init; }

    /// <summary>The idle times.</summary>
    internal int Timers { get; init; }

    /// <summary>The rule.</summary>
    internal uint Rule { get; init; }

    /// <summary>The pair whose <see cref="PairView.From"/> exposes.</summary>
    internal int Pair { get; init; }

    /// <summary>Where addresses and ports are counted through together: the number of the <see cref="PortSequence"/>; else 0.</summary>
    internal int Sequence { get; init; }

    /// <summary>In a sequence: the piece, on the side that the view is found by.</summary>
    internal int Piece { get; init; }

    /// <summary>The realm that exposes.</summary>
    internal ushort Realm { get; init; }

    /// <summary>Public port less private port.</summary>
    internal ushort PortShift { get; init; }

    /// <summary>How addresses are exposed.</summary>
    internal ExposeKind Kind { get; init; }

    /// <summary>Conduct of packets that come in from outside through a session of this expose (TCP excepted).</summary>
    internal FlowConduct Inward { get; init; }

    /// <summary>Whether the peer never sees private endpoints of it: no error may show one.</summary>
    internal bool Hides => Kind is ExposeKind.Masquerade or ExposeKind.Forward;

    /// <summary>Whether it has one fixed public endpoint for each private one.</summary>
    internal bool IsFixed => Kind is ExposeKind.Static or ExposeKind.Forward;
}
