using System.Runtime.InteropServices;

namespace Sluice.Packets;

/// <summary>What the parser found; stages split a burst by it.</summary>
public enum PacketKind : byte
{
    /// <summary>Not parsed, or dropped by the parser (then <see cref="Packet.Reason"/> says why).</summary>
    Bad = 0,

    /// <summary>IPv4 that a session can carry: TCP, UDP, SCTP, or an ICMP query. The fast path takes it.</summary>
    Flow4,

    /// <summary>IPv6 that a session can carry.</summary>
    Flow6,

    /// <summary>An ICMP error over IPv4; <see cref="Packet.QuotedL3"/> and <see cref="Packet.QuotedL4"/> are set.</summary>
    Error4,

    /// <summary>An ICMPv6 error.</summary>
    Error6,

    /// <summary>An IPv4 fragment, first or later (never an unfragmented packet).</summary>
    Fragment4,

    /// <summary>An IPv6 fragment.</summary>
    Fragment6,

    /// <summary>Any other IPv4 packet: another protocol, or another ICMP type. It has no ports.</summary>
    Other4,

    /// <summary>Any other IPv6 packet, neighbour discovery excepted.</summary>
    Other6,

    /// <summary>An ARP packet for IPv4 over Ethernet.</summary>
    Arp,

    /// <summary>ICMPv6 neighbour discovery (RFC 4861 types 133 to 137).</summary>
    NeighborDiscovery,

    /// <summary>A frame that is neither IP nor ARP.</summary>
    OtherFrame,
}

/// <summary>Bits of <see cref="Packet.Flags"/>.</summary>
[Flags]
public enum PacketFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The transport checksum field holds only the pseudo-header's sum, not inverted (the sender left the rest to hardware).</summary>
    PartialChecksum = 1,

    /// <summary>The frame's Ethernet destination is a group address.</summary>
    LinkMulticast = 2,

    /// <summary>The parser dealt with the packet already; a burst may be parsed only once.</summary>
    Parsed = 4,

    /// <summary>The gateway made this packet.</summary>
    Made = 8,

    /// <summary>A first fragment (with <see cref="PacketKind.Fragment4"/> or <see cref="PacketKind.Fragment6"/>): its ports are there.</summary>
    FirstFragment = 16,

    /// <summary>The header has IPv4 options or IPv6 extension headers.</summary>
    HeaderOptions = 32,
}

/// <summary>One packet of a burst: where its bytes lie, what the link said of them, what the parser and the stages found. One cache line.</summary>
/// <remarks>
/// <para>Packets live in arrays that a worker owns; the bytes belong to the link until it is told to take them back.
/// There are always at least <see cref="Headroom"/> writable bytes before <see cref="Data"/>, so a longer link header or a tunnel fits in place.</para>
/// <para>Nobody parses again: stages after the parser use the offsets.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public unsafe partial struct Packet
{
    /// <summary>Writable bytes before <see cref="Data"/> that every link guarantees.</summary>
    public const int Headroom = 96;

    /// <summary>"No session" in <see cref="Session"/>.</summary>
    public const uint NoSession = uint.MaxValue;

    /// <summary>"No link" in <see cref="OutLink"/>.</summary>
    public const ushort NoLink = ushort.MaxValue;

    /// <summary>The first byte: of the Ethernet header, or of the IP header on a link without Ethernet.</summary>
    [FieldOffset(0)] public byte* Data;

    /// <summary>Bytes from <see cref="Data"/>; a super-frame may have more than 65,535.</summary>
    [FieldOffset(8)] public int Length;

    /// <summary>Offset of the IP header from <see cref="Data"/>.</summary>
    [FieldOffset(12)] public ushort L3;

    /// <summary>Offset of the transport header (0: none).</summary>
    [FieldOffset(14)] public ushort L4;

    /// <summary>Segmentation that the sender left to hardware, as virtio's gso_type: 0 none, 1 TCPv4, 4 TCPv6, 5 UDP (0x80 added: ECN).</summary>
    [FieldOffset(16)] public byte GsoType;

    /// <summary>Flags.</summary>
    [FieldOffset(17)] public PacketFlags Flags;

    /// <summary>Payload bytes in each segment of a super-frame.</summary>
    [FieldOffset(18)] public ushort GsoSize;

    /// <summary>Bytes of all headers, as the link told (virtio hdr_len); a hint only.</summary>
    [FieldOffset(20)] public ushort HeaderLength;

    /// <summary>With a partial checksum: where summing starts, from <see cref="Data"/>.</summary>
    [FieldOffset(22)] public ushort ChecksumStart;

    /// <summary>With a partial checksum: where the field is, from <see cref="ChecksumStart"/>.</summary>
    [FieldOffset(24)] public ushort ChecksumOffset;

    /// <summary>What the parser found.</summary>
    [FieldOffset(26)] public PacketKind Kind;

    /// <summary>The IP protocol of the transport header (after IPv6 extension headers).</summary>
    [FieldOffset(27)] public byte Protocol;

    /// <summary>TCP's flag byte; of SCTP the flags that mean the same for a session's life, by its first chunk; 0 for other protocols.</summary>
    [FieldOffset(28)] public byte TcpFlags;

    /// <summary>What became of the packet.</summary>
    [FieldOffset(29)] public Verdict Verdict;

    /// <summary>Why it was dropped.</summary>
    [FieldOffset(30)] public DropReason Reason;

    /// <summary>TTL or hop limit as it came.</summary>
    [FieldOffset(31)] public byte Ttl;

    /// <summary>The realm it came from.</summary>
    [FieldOffset(32)] public ushort Realm;

    /// <summary>The link it came in by.</summary>
    [FieldOffset(34)] public ushort Link;

    /// <summary>The link it leaves by, or <see cref="NoLink"/>.</summary>
    [FieldOffset(36)] public ushort OutLink;

    /// <summary>The 802.1Q tag control information that the frame carried or its link reported; 0: none.</summary>
    [FieldOffset(38)] public ushort VlanTag;

    /// <summary>Index of the session, or <see cref="NoSession"/>.</summary>
    [FieldOffset(40)] public uint Session;

    /// <summary>Length of the IP packet by its own header (what follows it in the frame is padding).</summary>
    [FieldOffset(44)] public int L3Length;

    /// <summary>With an ICMP error: offset of the quoted IP header from <see cref="Data"/>.</summary>
    [FieldOffset(48)] public ushort QuotedL3;

    /// <summary>With <see cref="PacketKind.Fragment6"/>: offset of the fragment header from <see cref="Data"/>.</summary>
    [FieldOffset(48)] public ushort FragmentHeader;

    /// <summary>With an ICMP error: offset of the quoted transport header (at least 8 bytes of it are there).</summary>
    [FieldOffset(50)] public ushort QuotedL4;

    /// <summary>With an ICMP error: the protocol of the quoted packet.</summary>
    [FieldOffset(52)] public byte QuotedProtocol;

    /// <summary>The link's own handle (ring slot, buffer number); stages leave it alone.</summary>
    [FieldOffset(56)] public ulong Handle;
}
