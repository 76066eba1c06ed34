using Sluice.Dataplane.Egress;
using Sluice.Links;
using Sluice.Packets;

namespace Sluice.Dataplane.Workers;

/// <summary>One worker's end of one link.</summary>
internal sealed class WorkerPort(LinkPort port, LinkQueue queue, EgressStage egress) : IDisposable
{
    public LinkPort Port { get; } = port;

    public LinkQueue Queue { get; } = queue;

    public EgressStage Egress { get; } = egress;

    /// <summary>How frames of this link begin.</summary>
    public LinkFrame Frame { get; } = port.Link.HasEthernet ? LinkFrame.Ethernet(port.Link.Mac, port.Vlan) : LinkFrame.Raw;

    /// <summary>The same queue with other knowledge of its link.</summary>
    public WorkerPort With(LinkPort changed) => new(changed, Queue, Egress);

    public void Dispose()
    {
        Egress.Dispose();
        Queue.Dispose();
    }
}
