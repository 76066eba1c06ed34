namespace Sluice.Links.Kernel.Netlink;

/// <summary>Message types, flags, groups and attributes of linux/netlink.h and linux/rtnetlink.h, under the kernel's own names.</summary>
internal static class NetlinkNumbers
{
    // Netlink protocols and socket options (SOL_NETLINK).
    public const int NETLINK_ROUTE = 0, NETLINK_SOCK_DIAG = 4, SOL_NETLINK = 270;
    public const int NETLINK_ADD_MEMBERSHIP = 1, NETLINK_CAP_ACK = 10, NETLINK_GET_STRICT_CHK = 12;

    // Control messages.
    public const ushort NLMSG_NOOP = 1, NLMSG_ERROR = 2, NLMSG_DONE = 3;
    public const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_DUMP_INTR = 0x10, NLM_F_REPLACE = 0x100, NLM_F_EXCL = 0x200,
        NLM_F_CREATE = 0x400, NLM_F_DUMP = 0x300;

    // Attribute types carry two flag bits.
    public const ushort NLA_TYPE_MASK = 0x3FFF;

    public const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22,
        RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26, RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30,
        RTM_NEWNEXTHOP = 104, RTM_DELNEXTHOP = 105;

    public const int RTNLGRP_LINK = 1, RTNLGRP_NEIGH = 3, RTNLGRP_IPV4_IFADDR = 5, RTNLGRP_IPV4_ROUTE = 7, RTNLGRP_IPV6_IFADDR = 9,
        RTNLGRP_IPV6_ROUTE = 11, RTNLGRP_NEXTHOP = 32;

    // Links: struct ifinfomsg is 16 bytes.
    public const int LinkHeaderLength = 16;
    public const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4;
    public const uint IFF_UP = 1, IFF_RUNNING = 0x40;

    // Addresses: struct ifaddrmsg is 8 bytes.
    public const int AddressHeaderLength = 8;
    public const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_FLAGS = 8, IFA_PROTO = 11;
    public const uint IFA_F_NODAD = 2;

    // Routes: struct rtmsg is 12 bytes, struct rtnexthop is 8.
    public const int RouteHeaderLength = 12, NextHopHeaderLength = 8;
    public const ushort RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_MULTIPATH = 9, RTA_TABLE = 15, RTA_VIA = 18;
    public const byte RT_TABLE_MAIN = 254;
    public const byte RTN_UNICAST = 1, RTN_BLACKHOLE = 6, RTN_UNREACHABLE = 7, RTN_PROHIBIT = 8;
    public const uint RTM_F_CLONED = 0x200;
    public const byte RTNH_F_DEAD = 1;

    // Neighbours: struct ndmsg is 12 bytes.
    public const int NeighborHeaderLength = 12;
    public const ushort NDA_DST = 1, NDA_LLADDR = 2;
    public const ushort NUD_INCOMPLETE = 1, NUD_REACHABLE = 2, NUD_STALE = 4, NUD_DELAY = 8, NUD_PROBE = 0x10, NUD_FAILED = 0x20,
        NUD_NOARP = 0x40, NUD_PERMANENT = 0x80;
    public const byte NTF_USE = 1, NTF_PROXY = 8;

    // Socket diagnosis: struct inet_diag_req_v2 is 56 bytes, struct inet_diag_msg is 72.
    public const ushort SOCK_DIAG_BY_FAMILY = 20;
    public const int DiagRequestLength = 56, DiagMessageLength = 72;
}
