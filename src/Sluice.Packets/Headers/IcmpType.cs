namespace Sluice.Packets.Headers;

/// <summary>ICMP message types (RFC 792).</summary>
public static class IcmpType
{
    /// <summary>Echo reply.</summary>
    public const byte EchoReply = 0;

    /// <summary>Destination unreachable.</summary>
    public const byte Unreachable = 3;

    /// <summary>Source quench (deprecated by RFC 6633).</summary>
    public const byte SourceQuench = 4;

    /// <summary>Redirect.</summary>
    public const byte Redirect = 5;

    /// <summary>Echo request.</summary>
    public const byte EchoRequest = 8;

    /// <summary>Time exceeded.</summary>
    public const byte TimeExceeded = 11;

    /// <summary>Parameter problem.</summary>
    public const byte ParameterProblem = 12;

    /// <summary>Timestamp request.</summary>
    public const byte TimestampRequest = 13;

    /// <summary>Timestamp reply.</summary>
    public const byte TimestampReply = 14;
}

/// <summary>Codes of ICMP destination unreachable (RFC 792, RFC 1812 section 5.2.7.1).</summary>
public static class IcmpUnreachable
{
    /// <summary>Network unreachable.</summary>
    public const byte Network = 0;

    /// <summary>Host unreachable.</summary>
    public const byte Host = 1;

    /// <summary>Protocol unreachable.</summary>
    public const byte Protocol = 2;

    /// <summary>Port unreachable.</summary>
    public const byte Port = 3;

    /// <summary>Fragmentation needed and DF set (RFC 1191).</summary>
    public const byte FragmentationNeeded = 4;

    /// <summary>Communication administratively prohibited.</summary>
    public const byte Prohibited = 13;
}

/// <summary>ICMPv6 message types (RFC 4443, RFC 4861).</summary>
public static class IcmpV6Type
{
    /// <summary>Destination unreachable.</summary>
    public const byte Unreachable = 1;

    /// <summary>Packet too big.</summary>
    public const byte PacketTooBig = 2;

    /// <summary>Time exceeded.</summary>
    public const byte TimeExceeded = 3;

    /// <summary>Parameter problem.</summary>
    public const byte ParameterProblem = 4;

    /// <summary>The first informational type: all types below it are errors (RFC 4443 section 2.1).</summary>
    public const byte FirstInformational = 128;

    /// <summary>Echo request.</summary>
    public const byte EchoRequest = 128;

    /// <summary>Echo reply.</summary>
    public const byte EchoReply = 129;

    /// <summary>Router solicitation.</summary>
    public const byte RouterSolicitation = 133;

    /// <summary>Router advertisement.</summary>
    public const byte RouterAdvertisement = 134;

    /// <summary>Neighbour solicitation.</summary>
    public const byte NeighborSolicitation = 135;

    /// <summary>Neighbour advertisement.</summary>
    public const byte NeighborAdvertisement = 136;

    /// <summary>Redirect.</summary>
    public const byte Redirect = 137;
}

/// <summary>Codes of ICMPv6 destination unreachable (RFC 4443 section 3.1).</summary>
public static class IcmpV6Unreachable
{
    /// <summary>No route to the destination.</summary>
    public const byte NoRoute = 0;

    /// <summary>Communication administratively prohibited.</summary>
    public const byte Prohibited = 1;

    /// <summary>Address unreachable.</summary>
    public const byte Address = 3;

    /// <summary>Port unreachable.</summary>
    public const byte Port = 4;
}
