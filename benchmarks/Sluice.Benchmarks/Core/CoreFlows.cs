using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>The sessions of the benchmark by number: tuples are computed, so that making a packet touches no table.</summary>
/// <remarks>Even numbers are TCP to port 443, odd ones UDP to port 53: from 10.0.0.0/8 in one realm, as 203.0.113.0 and up in the other.</remarks>
internal static class CoreFlows
{
    public const ushort InsideRealm = 1;
    public const ushort OutsideRealm = 2;

    // The upper halves of the IPv6 addresses, as loaded from a packet: 2001:db8:a::/64 inside, :b: remote, :c: public.
    private const ulong Inside6 = 0x0000_0A00_B80D_0120;
    private const ulong Remote6 = 0x0000_0B00_B80D_0120;
    private const ulong Public6 = 0x0000_0C00_B80D_0120;

    public static byte Protocol(uint session) => (session & 1) == 0 ? IpProtocol.Tcp : IpProtocol.Udp;

    public static FlowKey4 Key4(uint session, bool reply)
    {
        Parts(session, out uint inside, out uint remote, out uint @public, out ushort insidePort, out ushort remotePort, out ushort publicPort);
        return reply
            ? new FlowKey4 { Addresses = Pair(remote, @public), Rest = FlowKey4.RestOf(Ports(remotePort, publicPort), OutsideRealm, Protocol(session)) }
            : new FlowKey4 { Addresses = Pair(inside, remote), Rest = FlowKey4.RestOf(Ports(insidePort, remotePort), InsideRealm, Protocol(session)) };
    }

    public static FlowKey6 Key6(uint session, bool reply)
    {
        FlowKey4 four = Key4(session, reply);
        return new FlowKey6
        {
            Source0 = reply ? Remote6 : Inside6,
            Source1 = (four.Addresses & uint.MaxValue) << 32,
            Destination0 = reply ? Public6 : Remote6,
            Destination1 = four.Addresses & ~(ulong)uint.MaxValue,
            Rest = four.Rest,
        };
    }

    private static void Parts(
        uint session, out uint inside, out uint remote, out uint @public, out ushort insidePort, out ushort remotePort, out ushort publicPort)
    {
        // 50 sessions a host, remotes spread over a /16 by a multiplicative mix.
        inside = 0x0A00_0000 + (session / 50);
        insidePort = (ushort)(2000 + (session % 50 * 1013));
        uint mixed = session * 0x85EB_CA6B;
        mixed ^= mixed >> 16;
        remote = 0x5DB8_0000 + (mixed & 0xFFFF);
        remotePort = (ushort)((session & 1) == 0 ? 443 : 53);
        @public = 0xCB00_7100 + (session / 60_000);
        publicPort = (ushort)(2048 + (session % 60_000));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(uint source, uint destination) =>
        BinaryPrimitives.ReverseEndianness(source) | ((ulong)BinaryPrimitives.ReverseEndianness(destination) << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ports(ushort source, ushort destination) =>
        BinaryPrimitives.ReverseEndianness(source) | ((uint)BinaryPrimitives.ReverseEndianness(destination) << 16);
}
