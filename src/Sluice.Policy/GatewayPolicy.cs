using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>The compiled, immutable form of a whole configuration. Made by <see cref="PolicyCompiler"/>.</summary>
/// <remarks>
/// <para>A decision has two stages. The first asks the source's realm where the destination address leads: to a public address that the gateway owns,
/// to a peer's expose, or nowhere else. The second asks the pair of realms which expose of the source's realm covers the source address.</para>
/// <para>The order in the first stage: public addresses of the gateway come first, whatever else covers them. Then the longest prefix wins among
/// what peers expose and what the realm has itself (its subnets, connected prefixes and documented routes; of equal ones the peer's), and a peer's default expose is the prefix
/// of length 0. What nothing covers stays in its realm.</para>
/// </remarks>
public sealed partial class GatewayPolicy
{
    /// <summary>The rule of decisions that no expose made: routing inside one realm, and drops for want of an expose.</summary>
    public const uint NoRule = 0;

    /// <summary>The pools that decisions name by index.</summary>
    public required ImmutableArray<PoolDefinition> Pools { get; init; }

    /// <summary>The sets of idle times that decisions name by index.</summary>
    public required ImmutableArray<TimerSet> Timers { get; init; }

    /// <summary>The rules that decisions name by index: for people, with their place in the configuration.</summary>
    public required ImmutableArray<PolicyRule> Rules { get; init; }

    /// <summary>What port forwards have of public endpoints, whether a pool has the address or not; sorted, disjoint, merged.</summary>
    public ImmutableArray<PortClaim> PortClaims { get; init; } = [];

    /// <summary>Raised by each reload; never 0, which marks a dead flow line.</summary>
    public ushort Generation { get; init; } = 1;

    // By realm number: where a destination leads, as Destination packs it.
    internal PrefixMap[] Destinations { get; init; } = [];

    // By the number in a Destination: from one realm to another.
    internal PairView[] Pairs { get; init; } = [];

    // By the number in a pair's sources; number 0 exposes nothing.
    internal ExposeView[] Exposes { get; init; } = [];

    // By the number in a view; number 0 is none.
    internal PortSequence?[] Sequences { get; init; } = [];

    // What the maps' values for addresses of several exposes name.
    internal PortCells Cells { get; init; }

    // By realm number: the public addresses that the gateway owns there.
    internal IpRange[][] Owned { get; init; } = [];

    // By realm number: the pairs in which it masquerades, in the order of the configuration.
    internal int[][] MasqueradingPairs { get; init; } = [];

    internal FrozenDictionary<uint, int> PairNumbers { get; init; } = FrozenDictionary<uint, int>.Empty;

    /// <summary>Whether the gateway owns the address as a public one in that realm, and so answers ARP and neighbour discovery for it.</summary>
    public bool IsPublic(ushort realm, in IpAddress address)
    {
        if (realm >= Destinations.Length) return false;
        int found = Destinations[realm].Find(address);
        DestinationKind kind = Destination.KindOf(found);
        if (kind == DestinationKind.Cell) kind = Destination.KindOf(Cells.WithoutPorts(Destination.NumberOf(found)));
        return Destination.IsPublic(kind);
    }

    /// <summary>Whether every packet to the address in that realm is somebody's behind the gateway (one-to-one NAT, or a rule of an added kind): nothing of it is left for a host that has the address too.</summary>
    public bool IsTaken(ushort realm, in IpAddress address) =>
        realm < Destinations.Length && Destination.KindOf(Destinations[realm].Find(address)) is DestinationKind.Translated or DestinationKind.Ruled;

    /// <summary>The public addresses that the gateway owns in a realm: of masquerades, one-to-one NAT and forwards. Some may overlap.</summary>
    public IEnumerable<IpRange> PublicAddresses(ushort realm) => realm < Owned.Length ? Owned[realm] : [];

    /// <summary>Asks the processor for the first memory that a decision on this packet reads.</summary>
    public void Prefetch(ushort realm, IpFamily family)
    {
        if (realm < Destinations.Length) Destinations[realm].Prefetch(family);
    }

    private bool TryGetPair(ushort from, ushort to, out int pair) => PairNumbers.TryGetValue((uint)from << 16 | to, out pair);
}

/// <summary>One rule of a policy, as shown to people.</summary>
/// <param name="Name">Such as "peering web, vpc-1 expose 2 (masquerade)".</param>
/// <param name="Place">file:line:column of the document that it comes from.</param>
public sealed record PolicyRule(string Name, string Place);
