using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>Where a destination address leads, seen from one realm.</summary>
internal enum DestinationKind
{
    /// <summary>It stays in the realm. No value says so: the look-up misses.</summary>
    Own = 0,

    /// <summary>To an address that the peer's end of the pair exposes as it is.</summary>
    Peer = 1,

    /// <summary>To a public address that the gateway owns in this realm.</summary>
    Public = 2,

    /// <summary>To a public address of the realm's own hosts, which is public in the realm at the pair's other end.</summary>
    Hairpin = 3,
}

/// <summary>The values of the destination maps: kind in the low two bits, the pair's number above them.</summary>
internal static class Destination
{
    internal static int Pack(DestinationKind kind, int pair) => pair << 2 | (int)kind;

    internal static DestinationKind KindOf(int value) => value < 0 ? DestinationKind.Own : (DestinationKind)(value & 3);

    internal static int PairOf(int value) => value >> 2;
}

/// <summary>One realm's end of a peering: what it exposes to the other.</summary>
/// <param name="From">The realm that exposes.</param>
/// <param name="To">The realm that it exposes to.</param>
/// <param name="Sources">By private address: the number of the expose that covers it.</param>
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
}

/// <summary>What an expose does for the addresses that it covers.</summary>
/// <param name="Kind">How they are exposed.</param>
/// <param name="Inward">Conduct of packets that come in from outside through a session of this expose (TCP excepted).</param>
/// <param name="Pool">The pool, or <see cref="Decision.NoPool"/>.</param>
/// <param name="Timers">The idle times.</param>
/// <param name="Rule">The rule.</param>
internal readonly record struct ExposeView(ExposeKind Kind, FlowConduct Inward, int Pool, int Timers, uint Rule);
