using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>Fills in a next hop: its link header but for the destination, and the rest.</summary>
internal static unsafe class NextHopHeader
{
    internal static void Fill(NextHop* hop, LinkFacts link, in IpAddress neighbor, IpFamily family)
    {
        *hop = default;
        hop->Link = link.Index;
        hop->Mtu = (ushort)Math.Clamp(link.Mtu, 0, ushort.MaxValue);
        hop->Family = family;
        hop->AddressLow = (ulong)neighbor.Value;
        hop->AddressHigh = (ulong)(neighbor.Value >> 64);
        hop->AddressFamily = neighbor.Family;
        if (!link.HasEthernet) return;

        byte* at = hop->Header + 6;
        link.Mac.CopyTo(new Span<byte>(at, 6));
        at += 6;
        if (link.Vlan != 0) at = Write16(Write16(at, 0x8100), link.Vlan);
        at = Write16(at, family == IpFamily.V4 ? (ushort)0x0800 : (ushort)0x86DD);
        hop->HeaderLength = (byte)(at - hop->Header);
    }

    // The first header word with another destination: six bytes in memory order, and the two of the source that follow stay.
    internal static ulong StartWith(MacAddress destination, ulong start)
    {
        Span<byte> bytes = stackalloc byte[8];
        BitConverter.TryWriteBytes(bytes, start);
        destination.CopyTo(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private static byte* Write16(byte* at, ushort value)
    {
        at[0] = (byte)(value >> 8);
        at[1] = (byte)value;
        return at + 2;
    }
}
