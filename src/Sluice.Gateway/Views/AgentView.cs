using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>The gateway's state as a GatewayAgent document: what a fabric's controller reads.</summary>
public sealed record AgentView(string ApiVersion, string Kind, AgentMetadataView Metadata, AgentStatusView Status);

/// <summary>Which GatewayAgent.</summary>
public sealed record AgentMetadataView(string Name, string Namespace);

/// <summary>Its status. Times are RFC 3339.</summary>
/// <param name="LastAppliedGen">The generation of the configuration in force.</param>
/// <param name="LastAppliedTime">Since when.</param>
/// <param name="LastHeartbeat">When this was said.</param>
/// <param name="State">What the gateway does.</param>
public sealed record AgentStatusView(long LastAppliedGen, string LastAppliedTime, string LastHeartbeat, AgentStateView State);

/// <summary>What the gateway does.</summary>
/// <param name="Dataplane">The program.</param>
/// <param name="Frr">The routing program beside it; the gateway configures none, so its generation stays 0.</param>
/// <param name="Vpcs">Traffic by the VPC that sent it.</param>
/// <param name="Peerings">Traffic by pair of VPCs, "a->b"; only pairs with traffic.</param>
/// <param name="Bgp">Sessions of the routing program: none are known.</param>
/// <param name="LastCollectedTime">When the traffic was counted.</param>
public sealed record AgentStateView(
    AgentDataplaneView Dataplane,
    AgentFrrView Frr,
    IReadOnlyDictionary<string, AgentVpcView> Vpcs,
    IReadOnlyDictionary<string, AgentPeeringView> Peerings,
    AgentBgpView Bgp,
    string LastCollectedTime);

/// <summary>The program.</summary>
public sealed record AgentDataplaneView(string Version);

/// <summary>The routing program.</summary>
public sealed record AgentFrrView(long LastAppliedGen);

/// <summary>Sessions of the routing program, by VRF.</summary>
public sealed record AgentBgpView(IReadOnlyDictionary<string, string> Vrfs);

/// <summary>What a VPC sent.</summary>
/// <param name="Packets">Packets that went on.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Drops">Packets that were dropped.</param>
public sealed record AgentVpcView(
    [property: JsonPropertyName("p")] ulong Packets, [property: JsonPropertyName("b")] ulong Bytes, [property: JsonPropertyName("d")] ulong Drops);

/// <summary>What one VPC sent to another.</summary>
/// <param name="Packets">Packets that went on.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Drops">Packets that were dropped; they are counted by the VPC that sent them, so this stays 0.</param>
/// <param name="BytesPerSecond">Bytes a second, over the last seconds.</param>
/// <param name="PacketsPerSecond">Packets a second, over the last seconds.</param>
public sealed record AgentPeeringView(
    [property: JsonPropertyName("p")] ulong Packets,
    [property: JsonPropertyName("b")] ulong Bytes,
    [property: JsonPropertyName("d")] ulong Drops,
    [property: JsonPropertyName("bps")] double BytesPerSecond,
    [property: JsonPropertyName("pps")] double PacketsPerSecond);
