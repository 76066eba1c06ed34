using Sluice.Packets;

namespace Sluice.Dataplane;

/// <summary>The counters of all workers, added up at one moment.</summary>
public sealed unsafe class DataplaneCounters
{
    private readonly ulong[] dropped = new ulong[WorkerCounters.Reasons];
    private readonly ulong[] linkIn = new ulong[WorkerCounters.Links];
    private readonly ulong[] linkOut = new ulong[WorkerCounters.Links];
    private readonly ulong[] linkBytesIn = new ulong[WorkerCounters.Links];
    private readonly ulong[] linkBytesOut = new ulong[WorkerCounters.Links];

    /// <summary>Packets received.</summary>
    public ulong In { get; private set; }

    /// <summary>Packets that the gateway made.</summary>
    public ulong Made { get; private set; }

    /// <summary>Packets that links took.</summary>
    public ulong Out { get; private set; }

    /// <summary>Packets answered by the gateway or left to the host.</summary>
    public ulong Consumed { get; private set; }

    /// <summary>Packets held now.</summary>
    public ulong Held { get; private set; }

    /// <summary>Packets that took the slow path to a decision.</summary>
    public ulong Decided { get; private set; }

    /// <summary>All dropped packets.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>0 unless a packet was lost or counted twice; exact only while no worker runs.</summary>
    public long Imbalance => (long)(In + Made) - (long)(Out + Consumed + Dropped + Held);

    /// <summary>Packets dropped for a reason.</summary>
    public ulong DroppedFor(DropReason reason) => dropped[(int)reason];

    /// <summary>Every reason that has dropped a packet, with how many.</summary>
    public IEnumerable<(DropReason Reason, ulong Count)> DropsByReason()
    {
        for (int i = 0; i < dropped.Length; i++)
            if (dropped[i] != 0) yield return ((DropReason)i, dropped[i]);
    }

    /// <summary>Packets and bytes of a link.</summary>
    public (ulong In, ulong BytesIn, ulong Out, ulong BytesOut) OfLink(ushort link) =>
        (linkIn[link], linkBytesIn[link], linkOut[link], linkBytesOut[link]);

    internal void Add(in WorkerCounters one)
    {
        In += one.In;
        Made += one.Made;
        Out += one.Out;
        Consumed += one.Consumed;
        Held += one.Held;
        Decided += one.Decided;
        for (int i = 0; i < dropped.Length; i++)
        {
            dropped[i] += one.Dropped[i];
            Dropped += one.Dropped[i];
        }

        for (int i = 0; i < linkIn.Length; i++)
        {
            linkIn[i] += one.LinkIn[i];
            linkOut[i] += one.LinkOut[i];
            linkBytesIn[i] += one.LinkBytesIn[i];
            linkBytesOut[i] += one.LinkBytesOut[i];
        }
    }
}
