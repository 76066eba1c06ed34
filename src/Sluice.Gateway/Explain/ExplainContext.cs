using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Gateway.Explain;

/// <summary>Everything that a stage's words are made of.</summary>
internal sealed class ExplainContext(ComposedGateway gateway, ConfigSet config, LinkSpec link, ExplainedPacket asked, FirstPacket packet)
{
    public ConfigSet Config { get; } = config;

    public ConfigPlaces Places { get; } = new(config);

    public LinkSpec Link { get; } = link;

    public ExplainedPacket Asked { get; } = asked;

    public FirstPacket Packet { get; } = packet;

    public PacketForecast Forecast { get; } = PacketForecast.Of(gateway.Engine, packet);

    public GatewayPolicy Policy => Forecast.Rules.Policy;

    /// <summary>What the policy's look-ups find, after the mapping where one is asked for.</summary>
    public PolicyFindings Findings => field == default ? field = Find() : field;

    public ComposedGateway Gateway { get; } = gateway;

    /// <summary>The expose that shows the destination.</summary>
    public ExposeOfEnd? DestinationExpose => ExposeOf(Findings.DestinationRule);

    /// <summary>The expose of the source.</summary>
    public ExposeOfEnd? SourceExpose => ExposeOf(Findings.SourceRule);

    public string Realm => RealmName(Packet.Realm);

    public string RealmName(ushort realm) => Gateway.Realms.NameOf(realm);

    public string Endpoint(in IpAddress address, ushort port) => Asked.Endpoint(address, port);

    /// <summary>"tcp port 22", "icmp identifier 7", "protocol 47".</summary>
    public string PortText(ushort port) => Packet switch
    {
        { HasPorts: false } => $"protocol {Packet.Protocol}",
        { Protocol: IpProtocol.Icmp or IpProtocol.IcmpV6 } => $"identifier {port}",
        _ => $"{EndpointText.Protocol(Packet.Protocol)} port {port}",
    };

    private PolicyFindings Find() => Forecast is { Mapping: { } mapping, AskedRealm: { } asked }
        ? Policy.ExplainInbound(Packet, asked, mapping.InsideRealm, mapping.Inside)
        : Policy.Explain(Packet);

    private ExposeOfEnd? ExposeOf(uint rule) => rule == GatewayPolicy.NoRule || rule >= Policy.Rules.Length ? null : Places.ExposeOf(Policy.Rules[(int)rule]);

    /// <summary>A rule of the policy as a cause.</summary>
    public CauseView? CauseOf(uint rule) => rule == GatewayPolicy.NoRule || rule >= Policy.Rules.Length || Policy.Rules[(int)rule] is not { Place.Length: > 0 } found
        ? null
        : new CauseView(found.Place, found.Name);
}
