using Sluice.Packets;

namespace Sluice.Sessions;

/// <summary>A space of port numbers of its own. The same number in two spaces has nothing in common (RFC 7857 section 5).</summary>
public enum PortClass : byte
{
    /// <summary>TCP ports.</summary>
    Tcp = 0,

    /// <summary>UDP ports.</summary>
    Udp = 1,

    /// <summary>Identifiers of ICMP and ICMPv6 queries.</summary>
    Icmp = 2,

    /// <summary>SCTP ports.</summary>
    Sctp = 3,

    /// <summary>A protocol without ports that a pool can give out.</summary>
    None = 4,
}

/// <summary>Which protocols have which ports.</summary>
public static class PortClasses
{
    /// <summary>Spaces that hold ports.</summary>
    public const int Count = 4;

    /// <summary>The port space of an IP protocol.</summary>
    public static PortClass Of(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => PortClass.Tcp,
        IpProtocol.Udp => PortClass.Udp,
        IpProtocol.Icmp or IpProtocol.IcmpV6 => PortClass.Icmp,
        IpProtocol.Sctp => PortClass.Sctp,
        _ => PortClass.None,
    };
}
