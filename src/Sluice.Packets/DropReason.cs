namespace Sluice.Packets;

/// <summary>Why a packet was dropped. Each has one counter of the same name and exactly one is given for each dropped packet.</summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None = 0,

    /// <summary>The frame ends before a header that it announces.</summary>
    Truncated,

    /// <summary>A header contradicts itself: a wrong version, length or option.</summary>
    Malformed,

    /// <summary>The IPv4 header checksum, or a checksum of an ICMP error or of the IP header that it quotes, is wrong.</summary>
    BadChecksum,

    /// <summary>A protocol that the rule for this packet can't translate.</summary>
    UnsupportedProtocol,

    /// <summary>The frame is addressed to another station, network or VLAN.</summary>
    NotForUs,

    /// <summary>The time to live or hop limit ran out; the sender is told.</summary>
    TtlExpired,

    /// <summary>The destination realm has no route to the destination.</summary>
    NoRoute,

    /// <summary>The next hop's Ethernet address is not known.</summary>
    NoNeighbor,

    /// <summary>The packet is larger than the next link takes and may not be fragmented; the sender is told.</summary>
    TooBig,

    /// <summary>No peering or rule lets the source reach the destination.</summary>
    NotExposed,

    /// <summary>An access rule denies it.</summary>
    AclDenied,

    /// <summary>A public endpoint that no mapping or forward owns.</summary>
    NoMapping,

    /// <summary>The mapping exists, but its filtering doesn't admit this remote endpoint.</summary>
    FilteredInbound,

    /// <summary>A TCP segment without SYN, or an SCTP packet that ends or answers something, and belongs to no session.</summary>
    MidstreamTcp,

    /// <summary>The virtual IP has no usable backend, or the one of the packet's TCP session is gone.</summary>
    NoBackend,

    /// <summary>No public port is free anywhere in the pool.</summary>
    PoolExhausted,

    /// <summary>The session table has reached its capacity.</summary>
    TableFull,

    /// <summary>The inside host has used up a quota of its profile.</summary>
    QuotaExceeded,

    /// <summary>A held fragment whose first fragment didn't come in time.</summary>
    FragmentTimeout,

    /// <summary>Fragments of one packet overlap.</summary>
    FragmentOverlap,

    /// <summary>Too many fragments are held.</summary>
    FragmentLimit,

    /// <summary>A fragment on a translated path, which this version does not translate.</summary>
    FragmentUnsupported,

    /// <summary>An ICMP error whose quoted packet belongs to no live session.</summary>
    IcmpUnmatched,

    /// <summary>A VXLAN network identifier that no realm has.</summary>
    UnknownVni,

    /// <summary>The outgoing link did not take the packet.</summary>
    LinkFull,
}

/// <summary>What became of a packet.</summary>
public enum Verdict : byte
{
    /// <summary>Not decided yet.</summary>
    None = 0,

    /// <summary>Sent on by a link.</summary>
    Forward,

    /// <summary>Dropped with a <see cref="DropReason"/>.</summary>
    Drop,

    /// <summary>Answered by the gateway or left to the host.</summary>
    Consume,

    /// <summary>Kept for now: a fragment, or a packet that waits for its next hop's address.</summary>
    Hold,
}
