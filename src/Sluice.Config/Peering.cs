using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config;

/// <summary>A peering of an accepted configuration: names resolved, exclusions applied, prefixes merged.</summary>
public sealed record Peering(PeeringDocument Document, PeeringEnd Left, PeeringEnd Right)
{
    /// <summary>The document's name.</summary>
    public string Name => Document.Name;

    /// <summary>The document's place.</summary>
    public Place Place => Document.Place;

    /// <summary>The access list; null where there is none.</summary>
    public AclSpec? Acl => Document.Acl;
}

/// <summary>One end of a peering.</summary>
/// <param name="Realm">The realm's name.</param>
/// <param name="Exposes">What it shows the other end. A port forward with several entries is several exposes here.</param>
public sealed record PeeringEnd(string Realm, ImmutableArray<Expose> Exposes);

/// <summary>One block of prefixes of a realm that another realm may reach, in force.</summary>
public sealed record Expose
{
    /// <summary>The block as written.</summary>
    public required ExposeSpec Spec { get; init; }

    /// <summary>How private addresses become public ones.</summary>
    public required NatKind Nat { get; init; }

    /// <summary>The addresses as the realm itself knows them; empty for a default expose.</summary>
    public required PrefixSet Private { get; init; }

    /// <summary>The addresses as the other realm knows them; the private ones where there is no NAT.</summary>
    public required PrefixSet Public { get; init; }

    /// <summary>The forward that it is, where it is one.</summary>
    public ForwardSpec? Forward { get; init; }

    /// <summary>Everything that no other expose towards the same realm matches.</summary>
    public bool IsDefault => Spec.IsDefault;

    /// <summary>Where the block begins.</summary>
    public Place Place => Spec.Place;

    /// <summary>Whether it keeps sessions.</summary>
    public bool IsStateful => Nat is NatKind.Masquerade or NatKind.PortForward;
}
