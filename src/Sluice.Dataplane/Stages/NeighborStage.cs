using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;

namespace Sluice.Dataplane.Stages;

/// <summary>
/// ARP and neighbour discovery. The gateway answers for its public addresses that lie in a prefix connected by the link; for its own addresses the kernel
/// answers, where there is one. All that is no question belongs to the kernel, which learns neighbours from it.
/// </summary>
internal sealed unsafe class NeighborStage(WorkerContext context)
{
    /// <summary>An ARP packet.</summary>
    public void Arp(Packet* packet)
    {
        if (packet->Arp->Operation.Value != ArpHeader.Request)
        {
            context.Consume(packet);
            return;
        }

        Question(packet, IpAddress.FromNetworkWord(packet->Arp->TargetAddress));
    }

    /// <summary>A neighbour discovery packet.</summary>
    public void Discovery(Packet* packet)
    {
        if (NeighborMessage.TryReadSolicitation(packet, out IpAddress target)) Question(packet, target);
        else context.Consume(packet);
    }

    private void Question(Packet* packet, in IpAddress target)
    {
        LinkPort? port = context.Rules.Ports[packet->Link];
        if (port is { Link.HasEthernet: false })
        {
            // A link without stations has none to be resolved.
            context.Consume(packet);
            return;
        }

        bool own = port is not null && port.Owns(target);
        if (port is null || (!own && !(port.IsConnected(target) && context.Rules.Policy.IsPublic(port.Realm, target))))
        {
            context.Drop(packet, DropReason.NotForUs);
            return;
        }

        if (!own || port.AnswersForOwnAddresses)
        {
            if (packet->Kind == PacketKind.Arp) context.Answers.ArpReply(packet, port);
            else context.Answers.Advertise(packet, target, port);
        }

        context.Consume(packet);
    }
}
