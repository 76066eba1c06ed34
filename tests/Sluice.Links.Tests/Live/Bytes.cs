using System.Buffers.Binary;

namespace Sluice.Links.Tests.Live;

/// <summary>Builds and judges packets byte by byte, by the plainest possible means, so that tests don't lean on the code they test.</summary>
internal static class Bytes
{
    public const int Ethernet = 14;
    public const byte Tcp = 6;
    public const byte Udp = 17;

    /// <summary>An IP packet without link header: the transport checksum partial (the pseudo-header's sum) or finished.</summary>
    public static byte[] Packet(bool ipv6, byte protocol, ushort sourcePort, int payload, bool partial, ushort payloadSeed = 0)
    {
        int l4 = ipv6 ? 40 : 20;
        int header = l4 + (protocol == Tcp ? 20 : 8);
        byte[] packet = new byte[header + payload];
        if (ipv6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
            packet[6] = protocol;
            packet[7] = 64;
            packet[8] = packet[24] = 0xFD;
            packet[23] = 2;
            packet[39] = 1;
        }
        else
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0x1000);
            packet[6] = 0x40;
            packet[8] = 64;
            packet[9] = protocol;
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), 0x0A000002);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 0x0A000001);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Fold(Sum(packet.AsSpan(0, 20))));
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4 + 2), 9);
        if (protocol == Tcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(l4 + 4), 0xFFFFFF00);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(l4 + 8), 77);
            packet[l4 + 12] = 0x50;
            packet[l4 + 13] = 0x19;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4 + 14), 8192);
        }
        else BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4 + 4), (ushort)(8 + payload));
        for (int i = 0; i < payload; i++) packet[header + i] = (byte)(i * 7 + (i >> 8) + payloadSeed);
        int field = l4 + (protocol == Tcp ? 16 : 6);
        ulong pseudo = Pseudo(packet, ipv6, protocol, packet.Length - l4);
        ushort value = partial ? Fold(pseudo) : (ushort)~Fold(pseudo + Sum(packet.AsSpan(l4)));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(field), value);
        return packet;
    }

    public static byte[] WithEthernet(byte[] packet, ulong to = 0x02000000000B, ulong from = 0x02000000000A)
    {
        byte[] frame = new byte[Ethernet + packet.Length];
        for (int i = 0; i < 6; i++)
        {
            frame[i] = (byte)(to >> (40 - 8 * i));
            frame[6 + i] = (byte)(from >> (40 - 8 * i));
        }

        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), packet[0] >> 4 == 6 ? (ushort)0x86DD : (ushort)0x0800);
        packet.CopyTo(frame.AsSpan(Ethernet));
        return frame;
    }

    /// <summary>Whether the header checksum (IPv4) and the transport checksum of an IP packet are right.</summary>
    public static bool ChecksumsAreRight(ReadOnlySpan<byte> packet)
    {
        bool ipv6 = packet[0] >> 4 == 6;
        if (!ipv6 && Fold(Sum(packet[..20])) != 0xFFFF) return false;
        int l4 = ipv6 ? 40 : 20;
        byte protocol = packet[ipv6 ? 6 : 9];
        return Fold(Pseudo(packet, ipv6, protocol, packet.Length - l4) + Sum(packet[l4..])) == 0xFFFF;
    }

    private static ulong Pseudo(ReadOnlySpan<byte> packet, bool ipv6, byte protocol, int length) =>
        Sum(ipv6 ? packet.Slice(8, 32) : packet.Slice(12, 8)) + protocol + (ulong)length;

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (int i = 0; i < bytes.Length; i++) sum += (ulong)bytes[i] << ((i & 1) == 0 ? 8 : 0);
        return sum;
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > 0xFFFF) sum = (sum >> 16) + (sum & 0xFFFF);
        return (ushort)sum;
    }
}
