using Sluice.Packets;

namespace Sluice.Links.Memory;

/// <summary>What a link tells of a frame besides its bytes: the fields that a sender leaves to hardware.</summary>
/// <param name="GsoType">As <see cref="Packet.GsoType"/>; 0: no super-frame.</param>
/// <param name="GsoSize">Payload bytes in each segment.</param>
/// <param name="HeaderLength">Bytes of all headers; a hint.</param>
/// <param name="PartialChecksum">Whether the transport checksum holds the pseudo-header's sum only.</param>
/// <param name="ChecksumStart">Where summing starts.</param>
/// <param name="ChecksumOffset">Where the field is, from <paramref name="ChecksumStart"/>.</param>
/// <param name="VlanTag">802.1Q tag control information that was taken off the frame; 0: none.</param>
public readonly record struct FrameOffload(
    byte GsoType = 0,
    ushort GsoSize = 0,
    ushort HeaderLength = 0,
    bool PartialChecksum = false,
    ushort ChecksumStart = 0,
    ushort ChecksumOffset = 0,
    ushort VlanTag = 0)
{
    /// <summary>Reads the fields of a packet.</summary>
    public static FrameOffload Of(in Packet packet) => new(
        packet.GsoType,
        packet.GsoSize,
        packet.HeaderLength,
        (packet.Flags & PacketFlags.PartialChecksum) != 0,
        packet.ChecksumStart,
        packet.ChecksumOffset,
        packet.VlanTag);

    /// <summary>Writes the fields into a packet.</summary>
    public void ApplyTo(ref Packet packet)
    {
        packet.GsoType = GsoType;
        packet.GsoSize = GsoSize;
        packet.HeaderLength = HeaderLength;
        packet.ChecksumStart = ChecksumStart;
        packet.ChecksumOffset = ChecksumOffset;
        packet.VlanTag = VlanTag;
        if (PartialChecksum) packet.Flags |= PacketFlags.PartialChecksum;
    }
}

/// <summary>A frame that a <see cref="MemoryLink"/> sent: a copy of its bytes, and what was left to the link.</summary>
/// <param name="Bytes">The frame.</param>
/// <param name="Offload">What the link was asked to finish.</param>
/// <param name="Worker">The queue that sent it.</param>
public sealed record SentFrame(byte[] Bytes, FrameOffload Offload, int Worker);
