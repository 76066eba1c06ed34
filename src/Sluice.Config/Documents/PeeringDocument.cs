using System.Collections.Immutable;
using System.Globalization;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>Two realms that show each other prefixes: a native Peering or a GatewayPeering, as written.</summary>
/// <remarks>See <see cref="Peering"/> for the same with exclusions applied and names resolved.</remarks>
public sealed record PeeringDocument : Document
{
    /// <summary>Whether it is of the native dialect, which allows more.</summary>
    public required bool IsNative { get; init; }

    /// <summary>The gateway group that serves it.</summary>
    public string GatewayGroup { get; init; } = "default";

    /// <summary>Where <see cref="GatewayGroup"/> is given, or the document's place.</summary>
    public required Place GatewayGroupPlace { get; init; }

    /// <summary>The two ends, in the order of the document.</summary>
    public required ImmutableArray<PeeringEndSpec> Ends { get; init; }

    /// <summary>The access list; null where there is none or where it is empty.</summary>
    public AclSpec? Acl { get; init; }

    // The way to the fields inside the file's document: "spec", or "spec.peerings.NAME" in a GatewayAgent.
    internal string Path { get; init; } = "spec";

    // The realm that looks at what one end exposes.
    internal string Other(PeeringEndSpec end) => Ends[0].Realm == end.Realm ? Ends[1].Realm : Ends[0].Realm;

    // The way to one expose, for messages.
    internal string PathOf(PeeringEndSpec end, ExposeSpec expose) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path}.peering.{end.Realm}.expose[{expose.Index}]");
}

/// <summary>One realm of a peering and what it exposes to the other.</summary>
public sealed record PeeringEndSpec(string Realm, ImmutableArray<ExposeSpec> Exposes, Place Place)
{
    // False where a part of it could not be read: that was reported, and nothing is concluded from what is missing.
    internal bool IsComplete { get; init; } = true;
}

/// <summary>One expose block as written.</summary>
public sealed record ExposeSpec
{
    /// <summary>Its position in the list, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Everything that no other expose towards the same realm matches.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Private addresses, and what is excluded of them.</summary>
    public ImmutableArray<AddressEntry> Ips { get; init; } = [];

    /// <summary>Public addresses, and what is excluded of them.</summary>
    public ImmutableArray<AddressEntry> As { get; init; } = [];

    /// <summary>How private addresses become public ones; null: they are the same.</summary>
    public NatSpec? Nat { get; init; }

    /// <summary>Where the block begins.</summary>
    public required Place Place { get; init; }
}

/// <summary>One entry of an ips or as list.</summary>
/// <param name="Index">Its position in the list, from 0.</param>
/// <param name="IsExclusion">Whether it is a <c>not</c>.</param>
/// <param name="Addresses">The addresses; of a named subnet those that the VPC's document gives.</param>
/// <param name="Ports">The ports; all where none are given.</param>
/// <param name="Place">The place of the value.</param>
public sealed record AddressEntry(int Index, bool IsExclusion, IpRange Addresses, PortRange Ports, Place Place)
{
    /// <summary>The subnet that it names, where it names one; then <see cref="Addresses"/> is filled in when the VPC is known.</summary>
    public string? Subnet { get; init; }
}

/// <summary>How the private addresses of an expose become public ones.</summary>
public enum NatKind : byte
{
    /// <summary>They are the same.</summary>
    None,

    /// <summary>One to one.</summary>
    Static,

    /// <summary>Many to few, with ports taken from a pool.</summary>
    Masquerade,

    /// <summary>Public ports lead to private ones.</summary>
    PortForward,
}

/// <summary>The nat block of an expose.</summary>
public sealed record NatSpec
{
    /// <summary>The mode.</summary>
    public required NatKind Kind { get; init; }

    /// <summary>Established TCP and UDP sessions of the expose end when idle for so long; null: the profile's timers.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>The NatProfile; null: the default one.</summary>
    public string? Profile { get; init; }

    /// <summary>The place of the profile's name, or of the block.</summary>
    public required Place ProfilePlace { get; init; }

    /// <summary>The forwards of a port forward.</summary>
    public ImmutableArray<ForwardSpec> Forwards { get; init; } = [];

    /// <summary>Where the mode's block begins.</summary>
    public required Place Place { get; init; }
}

/// <summary>Which transport protocols a forward takes.</summary>
public enum ForwardProtocol : byte
{
    /// <summary>TCP and UDP.</summary>
    Any,

    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,
}

/// <summary>One forwarded port or range of ports.</summary>
/// <param name="Protocol">The transport protocols.</param>
/// <param name="Private">The ports on the host.</param>
/// <param name="Public">The ports that the other realm sees.</param>
/// <param name="Place">Where the entry begins.</param>
public sealed record ForwardSpec(ForwardProtocol Protocol, PortRange Private, PortRange Public, Place Place);
