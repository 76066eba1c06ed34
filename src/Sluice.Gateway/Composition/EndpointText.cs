using System.Globalization;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Gateway.Composition;

/// <summary>Endpoints and protocols as people write them.</summary>
internal static class EndpointText
{
    /// <summary>192.0.2.1:80, [2001:db8::1]:80.</summary>
    public static string Of(in IpAddress address, ushort port) => address.IsV4
        ? string.Create(CultureInfo.InvariantCulture, $"{address}:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port}");

    /// <summary>tcp, udp, icmp, icmpv6, sctp, or the number.</summary>
    public static string Protocol(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Icmp => "icmp",
        IpProtocol.IcmpV6 => "icmpv6",
        IpProtocol.Sctp => "sctp",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>tcp, udp or icmp.</summary>
    public static string Ports(PortClass ports) => ports switch
    {
        PortClass.Tcp => "tcp",
        PortClass.Udp => "udp",
        PortClass.Icmp => "icmp",
        PortClass.Sctp => "sctp",
        _ => "other",
    };

    /// <summary>halfOpen, established, closing; open for what has no such life.</summary>
    public static string State(SessionStateName state) => state switch
    {
        SessionStateName.HalfOpen => "halfOpen",
        SessionStateName.Established => "established",
        SessionStateName.Closing => "closing",
        _ => "open",
    };
}
