namespace Sluice.Packets.Captures;

/// <summary>What the bytes of a captured packet begin with, by the numbers of the LINKTYPE registry.</summary>
public static class CaptureLinkType
{
    /// <summary>An Ethernet header.</summary>
    public const int Ethernet = 1;

    /// <summary>An IPv4 or IPv6 header.</summary>
    public const int RawIp = 101;

    /// <summary>An IPv4 header.</summary>
    public const int RawIpV4 = 228;

    /// <summary>An IPv6 header.</summary>
    public const int RawIpV6 = 229;

    // The number that most systems gave to raw IP before 101 was registered, and OpenBSD's.
    private const int RawIpOnMostSystems = 12;
    private const int RawIpOnOpenBsd = 14;

    /// <summary>Whether packets of this type begin with an IP header.</summary>
    public static bool IsRawIp(int linkType) =>
        linkType is RawIp or RawIpV4 or RawIpV6 or RawIpOnMostSystems or RawIpOnOpenBsd;

    /// <summary>Whether packets of this type can be given to a link: Ethernet or raw IP.</summary>
    public static bool IsKnown(int linkType) => linkType == Ethernet || IsRawIp(linkType);
}
