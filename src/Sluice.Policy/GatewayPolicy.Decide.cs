using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    /// <summary>What is to be done with a packet that has no session. Allocates nothing.</summary>
    public Decision Decide(in FirstPacket packet)
    {
        int found = packet.Realm < Destinations.Length ? Destinations[packet.Realm].Find(packet.Destination) : PrefixMap.Miss;
        DestinationKind kind = Destination.KindOf(found);
        if (kind == DestinationKind.Own) return RouteWithin(packet.Realm);
        if (kind == DestinationKind.Public)
            return CanTakePort(packet) ? Ask(packet.Realm) : Drop(DropReason.UnsupportedProtocol, NoRule);

        ref readonly PairView pair = ref Pairs[Destination.PairOf(found)];
        ref readonly ExposeView source = ref ExposeOf(pair, packet.Source);
        if (source.Kind == ExposeKind.None) return Drop(DropReason.NotExposed, NoRule);
        if (source.Kind == ExposeKind.Plain)
            return kind == DestinationKind.Hairpin ? AskHairpin(packet, pair, source) : Plain(pair.To, source);
        if (!CanTakePort(packet)) return Drop(DropReason.UnsupportedProtocol, source.Rule);
        return kind == DestinationKind.Hairpin ? AskHairpin(packet, pair, source) : Masquerade(packet, pair.To, source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly ExposeView ExposeOf(in PairView pair, in IpAddress address)
    {
        int number = pair.Sources.Find(address);
        return ref Exposes[number < 0 ? 0 : number];
    }

    // TCP, UDP and the ICMP queries have what a pool hands out: a port or an identifier.
    private static bool CanTakePort(in FirstPacket packet) =>
        packet.HasPorts && packet.Protocol is (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.IcmpV6);

    private static Decision RouteWithin(ushort realm) => new()
    {
        Kind = DecisionKind.Route,
        RealmTo = realm,
        SourcePool = Decision.NoPool,
    };

    private static Decision Drop(DropReason reason, uint rule) => new()
    {
        Kind = DecisionKind.Drop,
        Reason = reason,
        SourcePool = Decision.NoPool,
        Rule = rule,
    };

    private static Decision Ask(ushort publicIn) => new()
    {
        Kind = DecisionKind.AskMappings,
        RealmTo = publicIn,
        SourcePool = Decision.NoPool,
    };

    private static Decision Plain(ushort to, in ExposeView source) => new()
    {
        Kind = DecisionKind.Stateless,
        OriginalConduct = FlowConduct.Cache | FlowConduct.Identity | FlowConduct.KeepErrorSource,
        ReplyConduct = FlowConduct.Cache | FlowConduct.Identity | FlowConduct.KeepErrorSource,
        RealmTo = to,
        SourcePool = Decision.NoPool,
        Timers = source.Timers,
        Rule = source.Rule,
    };

    private static Decision Masquerade(in FirstPacket packet, ushort to, in ExposeView source) => new()
    {
        Kind = DecisionKind.Session,
        ReplyConduct = FlowConduct.KeepErrorSource | InwardOf(source, packet.Protocol),
        RealmTo = to,
        SourcePool = source.Pool,
        Timers = source.Timers,
        Rule = source.Rule,
    };

    // Packets from outside prolong TCP always: its life ends by its own signs, not by idleness of one side.
    private static FlowConduct InwardOf(in ExposeView expose, byte protocol) =>
        protocol == IpProtocol.Tcp ? FlowConduct.None : expose.Inward;
}
