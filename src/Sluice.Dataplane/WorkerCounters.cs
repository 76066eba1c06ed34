using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Dataplane;

/// <summary>Counters of one worker, in native memory: one writer, any number of readers. <c>In + Made = Out + Consumed + Dropped + Held</c> at every burst's end.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct WorkerCounters
{
    /// <summary>Room for drop reasons.</summary>
    public const int Reasons = 64;

    /// <summary>Room for links.</summary>
    public const int Links = 256;

    /// <summary>Packets received.</summary>
    public ulong In;

    /// <summary>Packets that the gateway made, pieces beyond the first of a segmented packet too.</summary>
    public ulong Made;

    /// <summary>Packets that links took.</summary>
    public ulong Out;

    /// <summary>Packets answered by the gateway or left to the host.</summary>
    public ulong Consumed;

    /// <summary>Packets held now.</summary>
    public ulong Held;

    /// <summary>Bursts worked on.</summary>
    public ulong Bursts;

    /// <summary>Packets that took the slow path to a decision.</summary>
    public ulong Decided;

    /// <summary>Dropped packets by <see cref="DropReason"/>.</summary>
    public fixed ulong Dropped[Reasons];

    /// <summary>Packets received by link.</summary>
    public fixed ulong LinkIn[Links];

    /// <summary>Bytes received by link.</summary>
    public fixed ulong LinkBytesIn[Links];

    /// <summary>Packets sent by link.</summary>
    public fixed ulong LinkOut[Links];

    /// <summary>Bytes sent by link.</summary>
    public fixed ulong LinkBytesOut[Links];

    /// <summary>All drops.</summary>
    public ulong DroppedTotal
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < Reasons; i++) total += Dropped[i];
            return total;
        }
    }

    /// <summary>What conservation leaves over: 0 unless a packet was lost or counted twice.</summary>
    public long Imbalance => (long)(In + Made) - (long)(Out + Consumed + DroppedTotal + Held);
}
