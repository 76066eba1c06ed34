using System.Buffers.Binary;

namespace Sluice.Links.Memory;

/// <summary>Chooses the worker of a frame as a network card does: by a hash over its flow, the same for every packet of one direction.</summary>
/// <remarks>Fragments are spread by their addresses alone, so all pieces of a packet meet at one worker.</remarks>
internal static class FlowSpread
{
    private const int EthernetHeader = 14;
    private const int Dot1QTag = 4;

    /// <summary>0 to <paramref name="workers"/> - 1.</summary>
    public static int WorkerOf(ReadOnlySpan<byte> frame, bool hasEthernet, int workers)
    {
        if (workers <= 1) return 0;
        ReadOnlySpan<byte> ip = frame;
        if (hasEthernet)
        {
            if (frame.Length < EthernetHeader) return 0;
            int offset = EthernetHeader;
            if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x8100) offset += Dot1QTag;
            if (frame.Length < offset) return 0;
            ip = frame[offset..];
        }

        uint hash = HashOf(ip);
        return (int)((ulong)hash * (uint)workers >> 32);
    }

    private static uint HashOf(ReadOnlySpan<byte> ip)
    {
        if (ip.IsEmpty) return 0;
        switch (ip[0] >> 4)
        {
            case 4 when ip.Length >= 20:
                {
                    uint hash = Mix(Mix(2166136261, ip.Slice(12, 8)), ip.Slice(9, 1));
                    int header = (ip[0] & 15) * 4;
                    bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0;
                    return Final(!fragment && HasPorts(ip[9]) && ip.Length >= header + 4 ? Mix(hash, ip.Slice(header, 4)) : hash);
                }

            case 6 when ip.Length >= 40:
                {
                    uint hash = Mix(2166136261, ip.Slice(8, 32));
                    return Final(HasPorts(ip[6]) && ip.Length >= 44 ? Mix(hash, ip.Slice(40, 4)) : hash);
                }

            default: return 0;
        }
    }

    private static bool HasPorts(byte protocol) => protocol is 6 or 17 or 132;

    // FNV-1a: short, and the same on every machine, so a test's spread never changes.
    private static uint Mix(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) hash = (hash ^ b) * 16777619;
        return hash;
    }

    // The low bits of FNV hardly reach the high ones, and the worker is chosen by the high ones.
    private static uint Final(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
