using Sluice.Packets.Headers;

namespace Sluice.Packets;

/// <summary>SCTP's checksum: CRC32c over common header and chunks, its own field taken as 0 (RFC 9260 section 6.8). Addresses are not in it.</summary>
/// <remarks>
/// It is updated by the difference that new ports make, not computed again: what comes wrong leaves wrong by the same difference, so damage on the way is still seen at the end;
/// the cost doesn't depend on the length, and no payload is read; and it can be done in the quotation of an ICMP error, which holds the beginning of a packet only.
/// </remarks>
public static unsafe class SctpChecksum
{
    private const int ChecksumOffset = 8;

    /// <summary>The checksum that a packet should have, as a little-endian load gives it; what the field holds now does not matter.</summary>
    /// <param name="transport">The common header.</param>
    /// <param name="lengthBytes">Length of header and chunks.</param>
    public static uint Compute(byte* transport, int lengthBytes)
    {
        uint none = 0;
        uint register = Crc32c.Append(uint.MaxValue, transport, ChecksumOffset);
        register = Crc32c.Append(register, (byte*)&none, sizeof(uint));
        return ~Crc32c.Append(register, transport + SctpHeader.Bytes, lengthBytes - SctpHeader.Bytes);
    }

    /// <summary>Computes the field and writes it.</summary>
    /// <param name="transport">The common header.</param>
    /// <param name="lengthBytes">Length of header and chunks.</param>
    public static void Write(byte* transport, int lengthBytes) => ((SctpHeader*)transport)->Checksum = Compute(transport, lengthBytes);

    /// <summary>Writes other ports and keeps the checksum by the difference.</summary>
    /// <remarks>A field of 0 in a packet whose CRC32c isn't 0 says that there is none (RFC 9653), and stays 0.</remarks>
    /// <param name="transport">The common header of a whole packet.</param>
    /// <param name="lengthBytes">Length of header and chunks.</param>
    /// <param name="ports">The ports to write, as a load gives them.</param>
    public static void SetPorts(byte* transport, int lengthBytes, uint ports)
    {
        var sctp = (SctpHeader*)transport;
        bool hasNone = sctp->Checksum == 0 && Compute(transport, lengthBytes) != 0;
        uint change = sctp->Ports ^ ports;
        sctp->Ports = ports;
        if (!hasNone) sctp->Checksum ^= Crc32c.Difference(change, lengthBytes - sizeof(uint));
    }

    /// <summary>As <see cref="SetPorts"/>, for a packet of which only the beginning is there: an ICMP error quotes at least the ports and the verification tag.</summary>
    /// <param name="transport">The common header.</param>
    /// <param name="availableBytes">Bytes of the packet that are there, at least eight.</param>
    /// <param name="lengthBytes">Length of header and chunks of the whole packet, which may be anything that a header can say.</param>
    /// <param name="ports">The ports to write, as a load gives them.</param>
    public static void SetQuotedPorts(byte* transport, int availableBytes, int lengthBytes, uint ports)
    {
        var sctp = (SctpHeader*)transport;
        uint change = sctp->Ports ^ ports;
        sctp->Ports = ports;
        if (availableBytes < SctpHeader.Bytes || lengthBytes is < SctpHeader.Bytes or > ushort.MaxValue || sctp->Checksum == 0) return;
        sctp->Checksum ^= Crc32c.Difference(change, lengthBytes - sizeof(uint));
    }
}
