using System.Buffers.Binary;
using Sluice.Packets;

namespace Sluice.Scenarios;

/// <summary>Whether the packet that an ICMP error quotes has right checksums: those of its IPv4 header, and of TCP, UDP or SCTP where it is quoted whole.</summary>
internal static class QuotedChecksum
{
    private const int UdpOffset = 6;
    private const int TcpOffset = 16;

    public static bool Holds(ReadOnlySpan<byte> quoted)
    {
        bool v4 = quoted[0] >> 4 == 4;
        int header = v4 ? (quoted[0] & 15) * 4 : 40;
        if (v4 && Sum(quoted[..header], 0) != ushort.MaxValue) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(quoted[(v4 ? 2 : 4)..]) - (v4 ? header : 0);
        byte protocol = quoted[v4 ? 9 : 6];
        if (protocol is not (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp) || quoted.Length < header + length) return true;
        ReadOnlySpan<byte> transport = quoted.Slice(header, length);
        if (protocol == IpProtocol.Sctp) return BitConverter.ToUInt32(transport[8..]) == Crc32c.Of([.. transport[..8], 0, 0, 0, 0, .. transport[12..]]);
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(transport[(protocol == IpProtocol.Udp ? UdpOffset : TcpOffset)..]);
        if (protocol == IpProtocol.Udp && field == 0) return true;
        ReadOnlySpan<byte> addresses = v4 ? quoted[12..20] : quoted[8..40];
        return Sum(transport, Sum(addresses, (uint)(protocol + length))) == ushort.MaxValue;
    }

    // The sum of RFC 1071: 0xFFFF over what holds its own checksum.
    private static uint Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (int i = 0; i < bytes.Length; i++) sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum >> 16 != 0) sum = (sum & ushort.MaxValue) + (sum >> 16);
        return sum;
    }
}
