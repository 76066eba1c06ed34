using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>A Gateway of the reference dialect: checked and kept; links and limits come from the native one.</summary>
public sealed record FabricGatewayDocument : Document
{
    /// <summary>The BGP router's address.</summary>
    public IpAddress? ProtocolAddress { get; init; }

    /// <summary>The tunnel end's address.</summary>
    public IpAddress? VtepAddress { get; init; }

    /// <summary>The tunnel end's Ethernet address.</summary>
    public MacAddress? VtepMac { get; init; }

    /// <summary>The groups that it belongs to, with its priority in each.</summary>
    public ImmutableArray<GroupMembershipSpec> Groups { get; init; } = [];
}

/// <summary>A gateway's place in a group.</summary>
public sealed record GroupMembershipSpec(string Group, int Priority, Place Place);

/// <summary>A set of gateways that stand in for each other. The group named "default" always exists.</summary>
public sealed record GatewayGroupDocument : Document;
