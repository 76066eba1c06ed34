using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>Bits of <see cref="FlowState.Conduct"/>: how this direction's packets are to be treated.</summary>
[Flags]
public enum FlowConduct : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Packets of this direction don't prolong the session (design section 7, inboundRefresh).</summary>
    NoRefresh = 1,

    /// <summary>A cached decision of a stateless rule: no session, no TCP conduct, may be dropped at any time.</summary>
    Cache = 2,

    /// <summary>What is written equals the key: nothing but TTL and next hop change.</summary>
    Identity = 4,

    /// <summary>The router's own address stays the source of ICMP errors from this direction's sender (it is no masqueraded end).</summary>
    KeepErrorSource = 8,

    /// <summary>An access list denies this direction's packets: the line's next hop is never looked for, and whoever looks drops the packet and ends the session.</summary>
    Denied = 16,
}

/// <summary>The part of a flow line that both families share: 36 bytes after key and tuple.</summary>
/// <remarks>
/// <code>
///  +0  u16 realm to send to     +2  u8 TCP flags seen, direction   +3 u8 conduct
///  +4  u32 last seen, ms        +8  u16 policy generation (0: dead line)   +10 u16 timer class
/// +12  u48 bytes, u48 packets   +24 u32 partner's line   +28 u32 next hop   +32 u32 last acknowledged sequence
/// </code>
/// A line has in practice one writer: the worker that gets this direction's packets.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Pack = 4, Size = 36)]
public struct FlowState
{
    /// <summary>TCP flags in <see cref="Seen"/>: FIN.</summary>
    public const byte SeenFin = 1;

    /// <summary>TCP flags in <see cref="Seen"/>: SYN.</summary>
    public const byte SeenSyn = 2;

    /// <summary>TCP flags in <see cref="Seen"/>: RST, counted only if it was credible.</summary>
    public const byte SeenRst = 4;

    /// <summary>TCP flags in <see cref="Seen"/>: ACK.</summary>
    public const byte SeenAck = 8;

    /// <summary>In <see cref="Seen"/> of the reply direction's line: TCP's answers may go another way, so this direction counts as open from the start.</summary>
    public const byte OneWay = 64;

    /// <summary>In <see cref="Seen"/>: this is the reply direction's line.</summary>
    public const byte Reply = 128;

    /// <summary>The realm that packets of this direction go to.</summary>
    [FieldOffset(0)] public ushort RealmTo;

    /// <summary>TCP flags that this direction has sent, and which direction it is.</summary>
    [FieldOffset(2)] public byte Seen;

    /// <summary>How packets of this direction are treated.</summary>
    [FieldOffset(3)] public FlowConduct Conduct;

    /// <summary>Milliseconds of the coarse clock at this direction's last packet.</summary>
    [FieldOffset(4)] public uint LastSeen;

    /// <summary>The policy generation that last confirmed this line; 0 is a dead line.</summary>
    [FieldOffset(8)] public ushort Generation;

    /// <summary>Index of the idle time in the table of distinct durations.</summary>
    [FieldOffset(10)] public ushort Timer;

    // One 64-bit add counts a packet: bytes in the low 48 bits, the packets' low 16 bits above them.
    // Every 65,536th packet carries into packetsHigh.
    [FieldOffset(12)] private ulong bytesAndPackets;
    [FieldOffset(20)] private uint packetsHigh;

    /// <summary>Index of the other direction's line.</summary>
    [FieldOffset(24)] public uint Partner;

    /// <summary>Index of the next hop, or <see cref="NoNextHop"/> while it is not resolved.</summary>
    [FieldOffset(28)] public uint NextHop;

    /// <summary>TCP: the last sequence that this direction acknowledged (host order); before it acknowledges, the one it is to acknowledge.</summary>
    [FieldOffset(32)] public uint Acknowledged;

    /// <summary>"Not resolved" in <see cref="NextHop"/>.</summary>
    public const uint NoNextHop = uint.MaxValue;

    /// <summary>Bytes of this direction's packets (48 bits).</summary>
    public readonly ulong Bytes => bytesAndPackets & 0xFFFF_FFFF_FFFF;

    /// <summary>Packets of this direction (48 bits).</summary>
    public readonly ulong Packets => (ulong)packetsHigh << 16 | bytesAndPackets >> 48;

    /// <summary>Counts one packet of <paramref name="length"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(uint length)
    {
        ulong sum = bytesAndPackets + ((1UL << 48) + length);
        bytesAndPackets = sum;

        // Once in 65,536 packets; a call here would cost every packet the registers that it might clobber.
        if (sum >> 48 == 0) packetsHigh++;
    }

    /// <summary>Forgets the counts of a line's former use.</summary>
    public void ClearCounts()
    {
        bytesAndPackets = 0;
        packetsHigh = 0;
    }
}

/// <summary>One direction of an IPv4 session: one cache line. The layout is the table in design section 5.1.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct FlowLine4
{
    /// <summary>The packet as it arrives.</summary>
    [FieldOffset(0)] public FlowKey4 Key;

    /// <summary>The packet as it leaves.</summary>
    [FieldOffset(16)] public FlowTuple4 Write;

    /// <summary>Life, counters and links to other tables.</summary>
    [FieldOffset(28)] public FlowState State;
}

/// <summary>One direction of an IPv6 session: two cache lines, 112 bytes used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct FlowLine6
{
    /// <summary>The packet as it arrives.</summary>
    [FieldOffset(0)] public FlowKey6 Key;

    /// <summary>Life, counters and links to other tables: in the first cache line, with the key.</summary>
    [FieldOffset(40)] public FlowState State;

    /// <summary>The packet as it leaves.</summary>
    [FieldOffset(76)] public FlowTuple6 Write;
}
