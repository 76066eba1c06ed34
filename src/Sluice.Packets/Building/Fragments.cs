using System.Buffers.Binary;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

/// <summary>Cuts a finished IP packet into the fragments that a router or a sender would make of it.</summary>
public static class Fragments
{
    /// <summary>The fragments in order; each carries at most <paramref name="payloadBytes"/> (rounded down to a multiple of eight) of the packet's payload.</summary>
    /// <param name="packet">An IP packet without Ethernet header; IPv6 without extension headers.</param>
    /// <param name="payloadBytes">Payload bytes in each fragment.</param>
    /// <param name="identification">The same in all fragments.</param>
    public static byte[][] Of(byte[] packet, int payloadBytes, uint identification = 1)
    {
        bool v4 = packet[0] >> 4 == 4;
        int header = v4 ? (packet[0] & 0x0F) * 4 : Ipv6Header.Bytes;
        int step = payloadBytes & ~7;
        var fragments = new List<byte[]>();
        for (int offset = 0; offset < packet.Length - header; offset += step)
        {
            int length = Math.Min(step, packet.Length - header - offset);
            bool more = offset + length < packet.Length - header;
            ReadOnlySpan<byte> payload = packet.AsSpan(header + offset, length);
            fragments.Add(v4 ? Fragment4(packet.AsSpan(0, header), payload, offset, more, identification)
                : Fragment6(packet.AsSpan(0, header), payload, offset, more, identification));
        }

        return [.. fragments];
    }

    private static byte[] Fragment4(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, int offset, bool more, uint identification)
    {
        byte[] bytes = [.. header, .. payload];
        Span<byte> ip = bytes;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)identification);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)((more ? Ipv4Header.MoreFragments : 0) | offset / 8));
        ip[10..12].Clear();
        System.Runtime.InteropServices.MemoryMarshal.Write(ip[10..], Checksum.Of(ip[..header.Length]));
        return bytes;
    }

    private static byte[] Fragment6(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, int offset, bool more, uint identification)
    {
        byte[] bytes = [.. header, .. new byte[Ipv6FragmentHeader.Bytes], .. payload];
        Span<byte> ip = bytes;
        Span<byte> fragment = ip[header.Length..];
        fragment[0] = ip[6];
        ip[6] = IpProtocol.Fragment;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(bytes.Length - header.Length));
        BinaryPrimitives.WriteUInt16BigEndian(fragment[2..], (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(fragment[4..], identification);
        return bytes;
    }
}
