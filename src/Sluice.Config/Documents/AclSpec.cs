using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>The access list of a peering.</summary>
public sealed record AclSpec
{
    /// <summary>Whether what no rule matches is denied (else what is exposed passes).</summary>
    public bool DenyByDefault { get; init; }

    /// <summary>The rules, first match first.</summary>
    public ImmutableArray<AclRuleSpec> Rules { get; init; } = [];

    /// <summary>Where the list begins.</summary>
    public required Place Place { get; init; }
}

/// <summary>One rule of an access list. Addresses are those before NAT, in the sender's view.</summary>
public sealed record AclRuleSpec
{
    /// <summary>Its name; made from its position where none is given.</summary>
    public required string Name { get; init; }

    /// <summary>The sender's realm; filled in from the other one where only that is given, null where neither is.</summary>
    public string? From { get; init; }

    /// <summary>The receiver's realm.</summary>
    public string? To { get; init; }

    /// <summary>Whether what matches passes.</summary>
    public required bool Allow { get; init; }

    /// <summary>Senders; empty: every one.</summary>
    public ImmutableArray<AclEndpointSpec> Sources { get; init; } = [];

    /// <summary>Receivers; empty: every one.</summary>
    public ImmutableArray<AclEndpointSpec> Destinations { get; init; } = [];

    /// <summary>IP protocol numbers; empty: every one. The word icmp means ICMP and ICMPv6.</summary>
    public ImmutableArray<byte> Protocols { get; init; } = [];

    /// <summary>Whether the answer of an allowed flow passes too (else every packet is judged by itself).</summary>
    public bool FlowScope { get; init; } = true;

    /// <summary>Whether <c>scope</c> is written in the document.</summary>
    public bool ScopeGiven { get; init; }

    /// <summary>Whether a match is logged.</summary>
    public bool Log { get; init; }

    /// <summary>Where the rule begins.</summary>
    public required Place Place { get; init; }

    // Where its name stands, and the first of its two ends.
    internal Place NamePlace { get; init; }

    internal Place EndsPlace { get; init; }
}

/// <summary>Addresses and ports that a rule matches.</summary>
/// <param name="Prefix">The addresses; null: every one.</param>
/// <param name="Subnet">A subnet's name, where it is named so.</param>
/// <param name="Ports">The ports; empty: every one.</param>
/// <param name="Place">Where the entry begins.</param>
public sealed record AclEndpointSpec(IpPrefix? Prefix, string? Subnet, ImmutableArray<PortRange> Ports, Place Place);
