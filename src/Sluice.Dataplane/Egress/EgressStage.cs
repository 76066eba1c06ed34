using Sluice.Links;
using Sluice.Packets;

namespace Sluice.Dataplane.Egress;

/// <summary>Local stand-in.</summary>
internal sealed unsafe class EgressStage(Link link, LinkQueue queue) : IDisposable
{
    public Link Link { get; } = link;
    public void Send(Packet** packets, int count, WorkerCounters* counters, int index)
    {
        int sent = queue.Send(packets, count);
        counters->Out += (ulong)sent;
        counters->LinkOut[index] += (ulong)sent;
        counters->Dropped[(int)DropReason.LinkFull] += (ulong)(count - sent);
    }
    public void Dispose() { }
}
