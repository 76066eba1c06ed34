namespace Sluice.Policy;

/// <summary>Where a destination leads, seen from the realm of a packet.</summary>
public enum DestinationFinding : byte
{
    /// <summary>Nowhere else: no peer shows it, so it stays in its realm.</summary>
    Stays = 0,

    /// <summary>To a peer that shows it as it is, or by default.</summary>
    Exposed,

    /// <summary>To a fixed inside endpoint of a peer: one-to-one NAT or a forward.</summary>
    Translated,

    /// <summary>To a fixed inside endpoint of the packet's own realm that is public at a peer (hairpin).</summary>
    TranslatedHere,

    /// <summary>To a public address of a masquerade: the mappings know whose it is.</summary>
    Pool,

    /// <summary>To a masquerade's public address of the packet's own realm that is public at a peer (hairpin).</summary>
    PoolHere,

    /// <summary>To a public address of the gateway, at a port that nobody has.</summary>
    NobodysPort,

    /// <summary>To a virtual IP, at a port and protocol that a translation has.</summary>
    Service,

    /// <summary>To a virtual IP, at what no translation has.</summary>
    ServiceRest,

    /// <summary>To an address that a rule of an added kind owns.</summary>
    Ruled,
}

/// <summary>What the look-ups of a decision find, for people: which exposes speak of a packet. <see cref="GatewayPolicy.Decide"/> says what follows.</summary>
/// <param name="Destination">Where the destination leads.</param>
/// <param name="DestinationRule">The rule that shows the destination, <see cref="GatewayPolicy.NoRule"/> where none does; of a port that nobody has, one that has others of the address.</param>
/// <param name="Peer">The realm towards which the source was looked up; <see cref="RealmRegistry.None"/> where it wasn't.</param>
/// <param name="SourceRule">The rule that exposes the source to that realm; <see cref="GatewayPolicy.NoRule"/> where none does.</param>
/// <param name="MayBegin">Whether that lets the source begin: what only forwards expose is reached, and begins nothing.</param>
public readonly record struct PolicyFindings(DestinationFinding Destination, uint DestinationRule, ushort Peer, uint SourceRule, bool MayBegin)
{
    /// <summary>Whether the source was looked up.</summary>
    public bool HasPeer => Peer != RealmRegistry.None;
}
