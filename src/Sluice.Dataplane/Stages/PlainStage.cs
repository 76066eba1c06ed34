using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Dataplane.Stages;

/// <summary>IP packets without ports: other protocols, fragments, and ICMP errors about nothing that is remembered. They pass where nothing is translated, and nowhere else.</summary>
internal sealed unsafe class PlainStage(WorkerContext context)
{
    /// <summary>A packet of another protocol.</summary>
    public void Other(Packet* packet) => Pass(packet, DropReason.UnsupportedProtocol);

    /// <summary>A fragment: without its ports nothing can be said of its session, so it is dropped wherever it would have to be translated.</summary>
    public void Fragment(Packet* packet) => Pass(packet, DropReason.FragmentUnsupported);

    /// <summary>
    /// An ICMP error whose quoted packet no live session is behind. It passes between realms only where the packet that it quotes would pass unchanged too:
    /// about a translated one it would show what the translation hides.
    /// </summary>
    public void UnmatchedError(Packet* packet) => Pass(packet, DropReason.IcmpUnmatched);

    private void Pass(Packet* packet, DropReason whereTranslated)
    {
        context.TakeRules();
        context.Counters->Decided++;
        PacketAddresses.Of(packet, out IpAddress source, out IpAddress destination);
        if (Decide.IsForHost(packet, destination))
        {
            context.Consume(packet);
            return;
        }

        Decision decision = context.Rules.Policy.Decide(new FirstPacket
        {
            Realm = packet->Realm,
            Link = packet->Link,
            Protocol = packet->Protocol,
            Source = source,
            Destination = destination,
        });
        bool isOwn = context.Rules.Routes.IsOwn(packet->Realm, destination);
        switch (decision.Kind)
        {
            case DecisionKind.Stateless when whereTranslated == DropReason.IcmpUnmatched && !QuotesUntranslated(packet, decision.RealmTo):
                context.Drop(packet, whereTranslated);
                break;
            case DecisionKind.Stateless:
            case DecisionKind.Route when !isOwn:
                context.Delivery.Route(packet, decision.RealmTo, destination);
                break;
            case DecisionKind.Session:
                context.Drop(packet, whereTranslated);
                break;
            default:
                if (isOwn) context.Consume(packet);
                else Refuse(packet, decision.Kind == DecisionKind.Drop && decision.Reason != DropReason.UnsupportedProtocol ? decision.Reason : whereTranslated);
                break;
        }
    }

    private void Refuse(Packet* packet, DropReason reason)
    {
        context.Answers.Refuse(packet, reason);
        context.Drop(packet, reason);
    }

    // The quoted packet came from where the error goes: its answers are judged as the error is.
    private bool QuotesUntranslated(Packet* packet, ushort realmTo)
    {
        PacketAddresses.OfQuoted(packet, out IpAddress source, out IpAddress destination);
        Decision answer = context.Rules.Policy.Decide(new FirstPacket
        {
            Realm = packet->Realm,
            Link = packet->Link,
            Protocol = packet->QuotedProtocol,
            Source = destination,
            Destination = source,
        });
        return answer.Kind == DecisionKind.Stateless && answer.RealmTo == realmTo;
    }
}
