namespace Sluice.Packets.Offload;

/// <summary>Completes in software what a sender left to hardware.</summary>
public static unsafe class PartialChecksum
{
    /// <summary>Sums the packet from where its link said, writes the checksum, and takes the flag away.</summary>
    /// <remarks>
    /// The field holds the pseudo-header's sum, so the sum over everything from the start is the whole checksum. A computed 0 is
    /// written as 0xFFFF: that is right for UDP and the same number for all others.
    /// </remarks>
    /// <returns>False, and nothing is changed, where the link's offsets do not lie in the packet's transport.</returns>
    public static bool TryComplete(Packet* packet)
    {
        int start = packet->ChecksumStart;
        int field = start + packet->ChecksumOffset;
        int end = packet->L3Length > 0 ? packet->L3 + packet->L3Length : packet->Length;
        if (start < Math.Max(packet->L3, packet->L4) || field + sizeof(ushort) > end) return false;
        ushort sum = (ushort)~Checksum.Fold(Checksum.Sum(packet->Data + start, end - start));
        *(ushort*)(packet->Data + field) = Checksum.OrAllOnes(sum);
        packet->Flags &= ~PacketFlags.PartialChecksum;
        return true;
    }

    /// <summary>Leaves the rest of a finished checksum to hardware: writes the pseudo-header's sum and says where to sum.</summary>
    /// <remarks>For packets that the gateway makes as super-frames, and for tests. Only TCP, UDP and ICMPv6 have a pseudo-header.</remarks>
    /// <param name="packet">A parsed packet.</param>
    public static void Leave(Packet* packet)
    {
        byte* ip = packet->Data + packet->L3;
        packet->ChecksumStart = packet->L4;
        packet->ChecksumOffset = (ushort)TransportChecksum.FieldOffset(packet->Protocol);
        ulong sum = TransportChecksum.PseudoHeader(ip, packet->Protocol, packet->TransportLength);
        *(ushort*)(packet->Data + packet->L4 + packet->ChecksumOffset) = Checksum.Fold(sum);
        packet->Flags |= PacketFlags.PartialChecksum;
    }
}
