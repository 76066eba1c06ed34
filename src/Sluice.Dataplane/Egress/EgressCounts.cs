using Sluice.Packets;

namespace Sluice.Dataplane.Egress;

/// <summary>What became of a burst given to one link. The packets given plus <paramref name="Made"/> are the packets sent plus those dropped.</summary>
/// <param name="Out">Packets that the link took; each piece of a super-frame counts.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Made">Pieces beyond the first of each super-frame that was cut: a super-frame is one packet.</param>
/// <param name="LinkFull">Packets and pieces that the link refused.</param>
/// <param name="TooBig">Super-frames whose pieces are larger than the link takes; the check before this stage should have caught them.</param>
/// <param name="Malformed">Packets whose offload fields contradict their headers.</param>
public readonly record struct EgressCounts(int Out, long Bytes, int Made, int LinkFull, int TooBig, int Malformed)
{
    /// <summary>Adds them to a worker's counters.</summary>
    public unsafe void AddTo(WorkerCounters* counters, int link)
    {
        counters->Out += (ulong)Out;
        counters->Made += (ulong)Made;
        counters->LinkOut[link] += (ulong)Out;
        counters->LinkBytesOut[link] += (ulong)Bytes;
        counters->Dropped[(int)DropReason.LinkFull] += (ulong)LinkFull;
        counters->Dropped[(int)DropReason.TooBig] += (ulong)TooBig;
        counters->Dropped[(int)DropReason.Malformed] += (ulong)Malformed;
    }
}
