using Sluice.Packets;

namespace Sluice.Dataplane.Workers;

/// <summary>Is told of each burst when all its packets have their verdicts: replay writes them down.</summary>
public unsafe interface IBurstObserver
{
    /// <summary>Looks at a burst; the packets' bytes may have been rewritten.</summary>
    /// <param name="port">The link that they came in by.</param>
    /// <param name="packets">The packets, as the stages left them.</param>
    /// <param name="count">How many.</param>
    void Observe(LinkPort port, Packet* packets, int count);
}
