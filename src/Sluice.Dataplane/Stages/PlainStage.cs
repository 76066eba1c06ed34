using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>IP packets without ports that no session is for: other protocols, fragments, and ICMP errors about nothing that is translated. Addresses may be rewritten, ports never.</summary>
internal sealed unsafe class PlainStage(WorkerContext context)
{
    /// <summary>A packet of another protocol.</summary>
    /// <returns>True where a session is to be made by the decision; else the packet has been disposed of.</returns>
    public bool Other(Packet* packet, out Decision decision)
    {
        if (!TryDecide(packet, DropReason.UnsupportedProtocol, out FirstPacket first, out decision)) return false;
        if (decision.HasAcl && packet->Protocol is not (IpProtocol.Icmp or IpProtocol.IcmpV6) && context.Rules.Policy.Judge(decision.RealmTo, first).KeepsFlow) return true;
        Send(packet, in first, in decision);
        return false;
    }

    /// <summary>A fragment: without its ports nothing can be said of its session, so it is dropped wherever it would have to be translated.</summary>
    public void Fragment(Packet* packet)
    {
        if (!TryDecide(packet, DropReason.FragmentUnsupported, out FirstPacket first, out Decision decision)) return;
        if (decision.RewritesSource || decision.RewritesDestination) context.Drop(packet, DropReason.FragmentUnsupported, decision.RealmTo);
        else Send(packet, in first, in decision);
    }

    /// <summary>
    /// An ICMP error that is not about a packet which its receiver sent between realms. Inside a realm it is routed; into another one it does not pass:
    /// about a translated packet it would show what the translation hides.
    /// </summary>
    public void UnmatchedError(Packet* packet)
    {
        if (TryDecide(packet, DropReason.IcmpUnmatched, out _, out Decision decision)) context.Drop(packet, DropReason.IcmpUnmatched, decision.RealmTo);
    }

    // True where the packet passes between realms without state; else it has been disposed of.
    private bool TryDecide(Packet* packet, DropReason whereTranslated, out FirstPacket first, out Decision decision)
    {
        context.TakeRules();
        context.Counters->Decided++;
        PacketAddresses.Of(packet, out IpAddress source, out IpAddress destination);
        first = new FirstPacket
        {
            Realm = packet->Realm,
            Link = packet->Link,
            Protocol = packet->Protocol,
            IsError = whereTranslated == DropReason.IcmpUnmatched,
            Source = source,
            Destination = destination,
        };
        decision = default;
        if (Decide.IsForHost(packet, destination))
        {
            context.Consume(packet);
            return false;
        }

        decision = context.Rules.Decide(first);
        bool isOwn = context.Rules.Routes.IsOwn(packet->Realm, destination);
        switch (decision.Kind)
        {
            case DecisionKind.Stateless:
                return true;
            case DecisionKind.Route when !isOwn:
                context.Delivery.Route(packet, decision.RealmTo, destination);
                return false;
            case DecisionKind.Session:
                context.Drop(packet, whereTranslated, decision.RealmTo);
                return false;
            default:
                if (isOwn && decision.Reason != DropReason.AclDenied) context.Consume(packet);
                else if (decision.InSilence) context.Drop(packet, decision.Reason);
                else Refuse(packet, in decision, decision.Kind == DecisionKind.Drop && decision.Reason != DropReason.UnsupportedProtocol ? decision.Reason : whereTranslated);
                if (decision.Log && packet->Verdict == Verdict.Drop) context.RecordSlow(first, decision);
                return false;
        }
    }

    private void Send(Packet* packet, in FirstPacket first, in Decision decision)
    {
        if (!decision.RewritesSource && !decision.RewritesDestination) context.Delivery.Route(packet, decision.RealmTo, first.Destination);
        else SendTranslated(packet, in first, in decision);
        if (packet->Verdict is not (Verdict.Forward or Verdict.Hold)) return;
        context.Sessions.CountPassed(packet->Realm, decision.RealmTo, packet->L3Length);
        if (decision.Log) context.RecordSlow(first, decision);
    }

    private void SendTranslated(Packet* packet, in FirstPacket first, in Decision decision)
    {
        IpAddress source = decision.RewritesSource ? decision.Source : first.Source;
        IpAddress destination = decision.RewritesDestination ? decision.Destination : first.Destination;
        uint handle = context.Delivery.Reach(packet, decision.RealmTo, destination);
        if (handle == FlowState.NoNextHop) return;
        if (destination.IsV4) PacketFamily4.RewriteAddresses(packet, source, destination);
        else PacketFamily6.RewriteAddresses(packet, source, destination);
        context.Delivery.Send(packet, context.NextHops.At(handle));
    }

    private void Refuse(Packet* packet, in Decision decision, DropReason reason)
    {
        context.Answers.Refuse(packet, reason);
        context.Drop(packet, reason, decision.HasAcl ? decision.RealmTo : packet->Realm);
    }
}
