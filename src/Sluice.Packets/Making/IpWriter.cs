using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>IP headers of packets that the gateway makes.</summary>
internal static unsafe class IpWriter
{
    /// <summary>TTL and hop limit of what the gateway sends (RFC 1700's recommended default).</summary>
    public const byte Ttl = 64;

    /// <summary>Internetwork control, for errors (RFC 1812 section 4.3.2.5).</summary>
    public const byte ErrorTrafficClass = 0xC0;

    /// <summary>Writes an IPv4 header before a payload of <paramref name="payloadBytes"/>. Addresses are in network order.</summary>
    /// <remarks>"Don't fragment" is set, so the identification may be 0 (RFC 6864 section 4.1).</remarks>
    public static void Write4(byte* at, uint source, uint destination, byte protocol, int payloadBytes, byte trafficClass = 0)
    {
        var ip = (Ipv4Header*)at;
        ip->VersionAndWords = Ipv4Header.Plain;
        ip->TrafficClass = trafficClass;
        ip->TotalLength = Be16.From(Ipv4Header.Bytes + payloadBytes);
        ip->Identification = default;
        ip->FragmentWord = Be16.From(Ipv4Header.DontFragment);
        ip->Ttl = Ttl;
        ip->Protocol = protocol;
        ip->Source = source;
        ip->Destination = destination;
        TransportChecksum.WriteHeader(ip);
    }

    /// <summary>Writes an IPv6 header before a payload of <paramref name="payloadBytes"/>. Addresses point to 16 bytes.</summary>
    public static void Write6(byte* at, byte* source, byte* destination, byte protocol, int payloadBytes, byte hopLimit = Ttl)
    {
        var ip = (Ipv6Header*)at;
        ip->VersionClassLabel = Be32.From(6u << 28);
        ip->PayloadLength = Be16.From(payloadBytes);
        ip->NextHeader = protocol;
        ip->HopLimit = hopLimit;
        ip->Source0 = ((ulong*)source)[0];
        ip->Source1 = ((ulong*)source)[1];
        ip->Destination0 = ((ulong*)destination)[0];
        ip->Destination1 = ((ulong*)destination)[1];
    }

    /// <summary>Writes an IPv6 header before a payload of <paramref name="payloadBytes"/>.</summary>
    public static void Write6(byte* at, in IpAddress source, in IpAddress destination, byte protocol, int payloadBytes, byte hopLimit = Ttl)
    {
        byte* addresses = stackalloc byte[32];
        source.CopyTo(new Span<byte>(addresses, 16));
        destination.CopyTo(new Span<byte>(addresses + 16, 16));
        Write6(at, addresses, addresses + 16, protocol, payloadBytes, hopLimit);
    }
}
