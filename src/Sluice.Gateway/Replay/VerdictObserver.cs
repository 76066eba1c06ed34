using Sluice.Dataplane;
using Sluice.Dataplane.Workers;
using Sluice.Gateway.Composition;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Replay;

/// <summary>Writes down what became of each packet when its burst is done. Packets come back in the order in which they were handed in.</summary>
internal sealed unsafe class VerdictObserver(ComposedGateway gateway, VerdictWriter writer) : IBurstObserver
{
    private readonly Queue<(long Number, string Link, long Time)> waiting = new();

    /// <summary>Says which packet is handed in next.</summary>
    public void Expect(long number, string link, long timeNanoseconds) => waiting.Enqueue((number, link, timeNanoseconds));

    /// <inheritdoc/>
    public void Observe(LinkPort port, Packet* packets, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Packet* packet = packets + i;
            (long number, string link, long time) = waiting.Dequeue();
            string? outLink = packet->Verdict == Verdict.Forward ? gateway.NameOfLink(packet->OutLink) : null;
            writer.Write(new PacketVerdict(number, link, time, packet->Verdict, packet->Reason, SessionOf(packet), outLink));
        }
    }

    private ulong? SessionOf(Packet* packet)
    {
        if (packet->Session == Packet.NoSession) return null;
        IpFamily? family = packet->Kind switch
        {
            PacketKind.Flow4 or PacketKind.Error4 or PacketKind.Other4 => IpFamily.V4,
            PacketKind.Flow6 or PacketKind.Error6 or PacketKind.Other6 => IpFamily.V6,
            _ => null,
        };
        ulong number = family is { } known ? gateway.Engine.Store.NumberOf(known, packet->Session) : 0;
        return number == 0 ? null : number;
    }
}
