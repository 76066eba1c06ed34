using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>Whether packets can be sent to a next hop.</summary>
public enum NextHopState : byte
{
    /// <summary>Its Ethernet address isn't known: ask with <see cref="NextHopTable.Want"/>.</summary>
    Unresolved = 0,

    /// <summary>Write the header and send. On a link without Ethernet the header is empty.</summary>
    Resolved = 1,

    /// <summary>Packets to it are dropped.</summary>
    Blackhole = 2,
}

/// <summary>Where packets of one family go next, ready to be written in front of them. One cache line, read by workers without a lock.</summary>
/// <remarks>
/// <code>
///  +0  link header, 0, 14 or 18 bytes: destination (6), source (6), [tag (4)], EtherType (2)
/// +20  u16 link to send by    +22  u16 MTU      +24  u8 state   +25  u8 header length   +26  u8 packet family   +27  u8 asked for
/// +28  u32 handle (0: free)   +32  u128 neighbour's address     +48  u8 its family   +52  u32 the tag in the last handle
/// </code>
/// Only the destination changes while a next hop is in use. It lies in the first eight bytes with a constant part of the source, and these are
/// stored and loaded as one word: nobody ever sees half an Ethernet address.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public unsafe struct NextHop
{
    [FieldOffset(0)] internal ulong HeaderStart;
    [FieldOffset(0)] internal fixed byte Header[20];

    /// <summary>The link to send by.</summary>
    [FieldOffset(20)] public ushort Link;

    /// <summary>The largest IP packet that the link sends.</summary>
    [FieldOffset(22)] public ushort Mtu;

    [FieldOffset(24)] internal byte StateByte;

    /// <summary>Bytes of the link header: 0, 14 or 18.</summary>
    [FieldOffset(25)] public byte HeaderLength;

    /// <summary>The family of the packets (it is in the EtherType).</summary>
    [FieldOffset(26)] public IpFamily Family;

    [FieldOffset(27)] internal byte Asked;

    /// <summary>The handle that this entry answers to. Another handle means that the entry was given to another neighbour: resolve again.</summary>
    [FieldOffset(28)] public uint Handle;

    [FieldOffset(32)] internal ulong AddressLow;
    [FieldOffset(40)] internal ulong AddressHigh;
    [FieldOffset(48)] internal IpFamily AddressFamily;
    [FieldOffset(52)] internal uint LastTag;

    /// <summary>Whether packets can be sent.</summary>
    public readonly NextHopState State => (NextHopState)Volatile.Read(in StateByte);

    /// <summary>The neighbour; unspecified on a link without Ethernet.</summary>
    public readonly IpAddress Address => new(AddressFamily, new UInt128(AddressHigh, AddressLow));

    /// <summary>Writes the link header so that it ends where the IP header starts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteHeader(NextHop* hop, byte* l3)
    {
        // 14 bytes: [0,8) and [6,14). 18 bytes: [0,8), [8,16) and [10,18). Bytes that are stored twice are constant ones.
        int length = hop->HeaderLength;
        if (length == 0) return;
        *(ulong*)(l3 - length) = hop->HeaderStart;
        if (length == 18) *(ulong*)(l3 - 10) = *(ulong*)(hop->Header + 8);
        *(ulong*)(l3 - 8) = *(ulong*)(hop->Header + length - 8);
    }
}
