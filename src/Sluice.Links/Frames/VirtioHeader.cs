using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Links.Frames;

/// <summary>struct virtio_net_hdr, legacy form in native byte order: what a sender left to hardware. It stands directly before the frame.</summary>
/// <remarks>
/// <code>
/// 0  flags        bit 0 NEEDS_CSUM: the checksum is partial; bit 1 DATA_VALID: it was verified (nothing follows from it here)
/// 1  gso_type     0 none, 1 TCPv4, 4 TCPv6, 5 UDP; 0x80 added: ECN
/// 2  hdr_len      bytes of all headers, a hint
/// 4  gso_size     payload bytes in each segment
/// 6  csum_start   from the first byte of the frame
/// 8  csum_offset  from csum_start
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirtioHeader
{
    public const int Bytes = 10;

    /// <summary>NEEDS_CSUM; <see cref="PacketFlags.PartialChecksum"/> has the same value, so flags are masked, not translated.</summary>
    public const byte NeedsChecksum = 1;

    private const byte KindMask = 0x7F;
    private const byte TcpOverIpv4 = 1;
    private const byte TcpOverIpv6 = 4;
    private const byte Udp = 5;
    private const int UdpHeaderBytes = 8;
    private const int TcpDataOffsetByte = 12;

    public byte Flags;
    public byte GsoType;
    public ushort HeaderLength;
    public ushort GsoSize;
    public ushort ChecksumStart;
    public ushort ChecksumOffset;

    /// <summary>Writes the fields into a packet that is clear of others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void ReadInto(Packet* packet)
    {
        packet->Flags = (PacketFlags)(Flags & NeedsChecksum);
        packet->GsoType = GsoType;
        packet->GsoSize = GsoSize;
        packet->HeaderLength = HeaderLength;
        packet->ChecksumStart = ChecksumStart;
        packet->ChecksumOffset = ChecksumOffset;
    }

    /// <summary>Writes the header of a packet into the ten bytes before its data and returns where they start.</summary>
    /// <remarks>Of the flags only NEEDS_CSUM is kept: the kernel refuses others from a sender.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* WriteBefore(Packet* packet)
    {
        byte* start = packet->Data - Bytes;
        VirtioHeader* header = (VirtioHeader*)start;
        *(ushort*)start = (byte)((byte)packet->Flags & NeedsChecksum);
        header->HeaderLength = 0;
        header->GsoSize = 0;
        header->ChecksumStart = packet->ChecksumStart;
        header->ChecksumOffset = packet->ChecksumOffset;
        if (packet->GsoType != 0) WriteSegmentationSlow(header, packet);
        return start;
    }

    // The received hint may be stale (another link header, or a sender that counts payload into it), and the kernel refuses
    // one beyond the frame; where the transport header is known its end is the better value.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteSegmentationSlow(VirtioHeader* header, Packet* packet)
    {
        int headers = packet->HeaderLength;
        int transport = packet->ChecksumStart;
        if ((packet->Flags & PacketFlags.PartialChecksum) != 0 && transport + TcpDataOffsetByte < packet->Length)
        {
            headers = (packet->GsoType & KindMask) switch
            {
                TcpOverIpv4 or TcpOverIpv6 => transport + (packet->Data[transport + TcpDataOffsetByte] >> 4) * 4,
                Udp => transport + UdpHeaderBytes,
                _ => headers,
            };
        }

        header->GsoType = packet->GsoType;
        header->GsoSize = packet->GsoSize;
        header->HeaderLength = (ushort)Math.Min(headers, packet->Length);
    }
}
