using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;
using Sluice.Packets.Offload;

namespace Sluice.Dataplane.Workers;

/// <summary>The packets that the gateway makes in answer to others. They leave by the link, and to the station, that the others came from.</summary>
internal sealed unsafe class Answers(WorkerContext context)
{
    private readonly AnswerLimit limit = new();

    /// <summary>Tells the sender that the packet's hops ran out.</summary>
    public void TimeExceeded(Packet* packet) => Error(packet, IcmpErrorKind.TimeExceeded);

    /// <summary>Tells the sender that the destination can't be reached.</summary>
    public void Unreachable(Packet* packet) => Error(packet, IcmpErrorKind.HostUnreachable);

    /// <summary>Tells the sender how large a packet may be.</summary>
    public void TooBig(Packet* packet, int mtuBytes) => Error(packet, IcmpErrorKind.TooBig, mtuBytes);

    /// <summary>
    /// Tells a host inside why it is refused: resources as "unreachable", rules and quotas as "prohibited". Those outside hear nothing.
    /// A virtual IP without backend answers as a host does on whose port nobody listens.
    /// </summary>
    public void Refuse(Packet* packet, DropReason reason)
    {
        switch (reason)
        {
            case DropReason.PoolExhausted or DropReason.TableFull:
                Error(packet, IcmpErrorKind.HostUnreachable);
                break;
            case DropReason.QuotaExceeded or DropReason.NotExposed or DropReason.AclDenied:
                Error(packet, IcmpErrorKind.Prohibited);
                break;
            case DropReason.NoBackend when packet->Protocol == IpProtocol.Tcp:
                Reset(packet);
                break;
            case DropReason.NoBackend:
                Error(packet, IcmpErrorKind.PortUnreachable);
                break;
        }
    }

    /// <summary>Answers an echo request as its destination would.</summary>
    public void Echo(Packet* request)
    {
        if (context.Rules.Ports[request->Link] is not { } port || !limit.TryTake(context.Now)) return;
        Packet* made = context.Made.TryTake();
        if (made == null) return;
        SendBack(made, EchoReply.Write(made->Data, MadePackets.BufferBytes, request), port, request);
    }

    /// <summary>Answers an ARP request: the address that it asks for is here.</summary>
    public void ArpReply(Packet* request, LinkPort port)
    {
        Packet* made = context.Made.TryTake();
        if (made == null) return;
        int length = ArpMessage.WriteReply(made->Data, request, port.Link.Mac);
        Send(made, length, port, request->Ethernet->Source.Address, EtherType.Arp);
    }

    /// <summary>Answers a neighbour solicitation: the address that it asks for is here.</summary>
    public void Advertise(Packet* solicitation, in IpAddress target, LinkPort port)
    {
        Packet* made = context.Made.TryTake();
        if (made == null) return;
        int length = NeighborMessage.WriteAdvertisement(made->Data, solicitation, target, port.Link.Mac, out IpAddress destination);
        bool toAll = destination.Value >> 120 == 0xFF;
        Send(made, length, port, toAll ? NeighborMessage.MacOf(destination) : solicitation->Ethernet->Source.Address, EtherType.Ipv6);
    }

    private void Reset(Packet* segment)
    {
        if (!TcpReset.MayAnswer(segment) || context.Rules.Ports[segment->Link] is not { } port || !limit.TryTake(context.Now)) return;
        Packet* made = context.Made.TryTake();
        if (made == null) return;
        SendBack(made, TcpReset.Write(made->Data, MadePackets.BufferBytes, segment), port, segment);
    }

    private void Error(Packet* packet, IcmpErrorKind kind, int detail = 0)
    {
        if (!IcmpError.MayAnswer(packet) || context.Rules.Ports[packet->Link] is not { } port) return;
        bool isV4 = packet->Data[packet->L3] >> 4 == 4;
        if (context.Rules.AnswerSource(port, isV4 ? IpFamily.V4 : IpFamily.V6) is not { } source) return;
        if (!limit.TryTake(context.Now)) return;
        Packet* made = context.Made.TryTake();
        if (made == null) return;

        // The quotation shows what the sender would have put on a wire.
        if ((packet->Flags & PacketFlags.PartialChecksum) != 0) _ = PartialChecksum.TryComplete(packet);
        int length = IcmpError.Write(made->Data, MadePackets.BufferBytes, packet, source, kind, detail);
        SendBack(made, length, port, packet);
    }

    // Of length 0: it did not fit, so nothing is said.
    private void SendBack(Packet* made, int length, LinkPort port, Packet* to)
    {
        if (length == 0) return;
        bool isV4 = to->Data[to->L3] >> 4 == 4;
        Send(made, length, port, port.Link.HasEthernet ? to->Ethernet->Source.Address : default, isV4 ? EtherType.Ipv4 : EtherType.Ipv6);
    }

    private void Send(Packet* made, int length, LinkPort port, MacAddress destination, ushort etherType)
    {
        int header = 0;
        if (port.Link.HasEthernet)
        {
            header = EthernetHeader.Bytes + (port.Vlan != 0 ? VlanHeader.Bytes : 0);
            made->Data -= header;
            LinkHeader.Write(made->Data, destination, port.Link.Mac, etherType, port.Vlan);
        }

        made->L3 = (ushort)header;
        made->L3Length = length;
        made->Length = header + length;
        made->OutLink = port.Index;
        made->Verdict = Verdict.Forward;
        context.Counters->Made++;
        if (!context.Outputs.TryAdd(made, port.Index)) context.Drop(made, DropReason.LinkFull);
    }
}
