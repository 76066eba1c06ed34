using System.Runtime.CompilerServices;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>ICMP errors: carried to whoever sent the packet that they quote, as that sender knows it; by its session, or where nothing is remembered by the rule that led it.</summary>
internal sealed unsafe class ErrorStage<TPacket, TFlow, TKey, TLine>(WorkerContext context, FlowTable<TFlow, TKey, TLine> table, Decide decide)
    where TPacket : struct, IPacketFamily<TKey, TLine>
    where TFlow : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>Disposes of an ICMP error about a packet that is translated or passes between realms; false where it quotes no such packet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryTranslateSlow(Packet* packet)
    {
        bool hasPorts = TPacket.TryReadQuotedReplyKey(packet, out TKey answer);
        context.TakeRules();
        return TryFollowSession(packet, in answer, hasPorts) || TryFollowRule(packet, TFlow.PartsOf(in answer), hasPorts);
    }

    private bool TryFollowSession(Packet* packet, in TKey answer, bool hasPorts)
    {
        // Of ICMP only queries have sessions; other protocols have them without ports.
        if (!hasPorts && packet->QuotedProtocol is IpProtocol.Icmp or IpProtocol.IcmpV6) return false;
        uint index = table.Find(answer);
        if (index == FlowLines.None) return false;
        TLine* line = table.Line(index);
        FlowState* state = TFlow.StateOf(line);
        if ((state->Conduct & FlowConduct.Cache) != 0 || !decide.Again.IsStillGood(TFlow.Family, index)) return false;

        packet->Session = index;
        if ((TFlow.StateOf(table.Line(state->Partner))->Conduct & FlowConduct.Denied) != 0)
        {
            context.Drop(packet, DropReason.AclDenied, state->RealmTo);
            return true;
        }

        NextHop* next = context.Delivery.CheckErrorSlow<TPacket, TFlow, TKey, TLine>(packet, line);
        if (next != null) Send(packet, line, SourceFor(packet, line), next, state->RealmTo);
        return true;
    }

    // What is public of the sender itself comes first; else an end that hides its hosts shows the session's public address, and any other end's router is shown as it is.
    private IpAddress SourceFor(Packet* packet, TLine* line)
    {
        PacketAddresses.Of(packet, out IpAddress sender, out _);
        FlowState* state = TFlow.StateOf(line);
        if (sender == TFlow.PartsOf(in *TFlow.KeyOf(line)).Source) return TPacket.WrittenSource(line);
        if (context.Rules.TryTranslateErrorSource(ErrorOf(packet), state->RealmTo, out IpAddress own)) return own;
        return (state->Conduct & FlowConduct.KeepErrorSource) != 0 ? sender : TPacket.WrittenSource(line);
    }

    // The answer to the quoted packet is decided as if it came: where that is without state, the error goes the same way, whether or not such a packet was ever seen.
    private bool TryFollowRule(Packet* packet, in FlowParts answer, bool hasPorts)
    {
        PacketAddresses.Of(packet, out IpAddress sender, out IpAddress destination);
        if (destination != answer.Destination || Decide.IsForHost(packet, destination)) return false;
        GatewayPolicy policy = context.Rules.Policy;
        Decision decision = context.Rules.Decide(FirstOf(in answer, packet->Link, hasPorts));
        if (decision.Kind != DecisionKind.Stateless) return false;
        context.Counters->Decided++;

        // What the quoted packet was when its sender sent it.
        var sent = new FlowParts(
            decision.RealmTo,
            answer.Protocol,
            decision.RewritesDestination ? decision.Destination : answer.Destination,
            decision.RewritesDestination ? decision.DestinationPort : answer.DestinationPort,
            decision.RewritesSource ? decision.Source : answer.Source,
            decision.RewritesSource ? decision.SourcePort : answer.SourcePort);
        if (decision.HasAcl && Refusal(policy.Judge(packet->Realm, FirstOf(in sent, packet->Link, hasPorts))) is var refusal and not DropReason.None)
        {
            context.Drop(packet, refusal, decision.RealmTo);
            return true;
        }

        uint handle = context.Delivery.Reach(packet, decision.RealmTo, sent.Source);
        if (handle == FlowState.NoNextHop) return true;
        TLine line = default;
        TFlow.SetWrite(&line, TFlow.MakeKey(in sent));
        IpAddress source = context.Rules.TryTranslateErrorSource(ErrorOf(packet), decision.RealmTo, out IpAddress own) ? own : sender;
        if (sender == answer.Source) source = sent.Destination;
        Send(packet, &line, source, context.NextHops.At(handle), decision.RealmTo);
        return true;
    }

    // What a rule remembers flows for has a session, or has none to have an error about.
    private static DropReason Refusal(AclVerdict verdict) =>
        verdict.Denies ? DropReason.AclDenied : verdict.KeepsFlow ? DropReason.IcmpUnmatched : DropReason.None;

    private void Send(Packet* packet, TLine* line, IpAddress source, NextHop* next, ushort realmTo)
    {
        TPacket.RewriteError(packet, line, source);
        packet->Flags &= ~PacketFlags.PartialChecksum;
        context.Delivery.Send(packet, next);
        if (packet->Verdict is Verdict.Forward or Verdict.Hold) context.Sessions.CountPassed(packet->Realm, realmTo, packet->L3Length);
    }

    // The error itself, as a packet.
    private static FirstPacket ErrorOf(Packet* packet)
    {
        PacketAddresses.Of(packet, out IpAddress source, out IpAddress destination);
        return new FirstPacket { Realm = packet->Realm, Link = packet->Link, Protocol = packet->Protocol, IsError = true, Source = source, Destination = destination };
    }

    private static FirstPacket FirstOf(in FlowParts parts, ushort link, bool hasPorts) => new()
    {
        Realm = parts.Realm,
        Link = link,
        Protocol = parts.Protocol,
        HasPorts = hasPorts,
        IsError = true,
        Source = parts.Source,
        SourcePort = parts.SourcePort,
        Destination = parts.Destination,
        DestinationPort = parts.DestinationPort,
    };
}
