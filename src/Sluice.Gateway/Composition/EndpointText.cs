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

    /// <summary>The same of a protocol: what has no ports, and the end of a query that has no identifier, is its address alone.</summary>
    public static string Of(byte protocol, in IpAddress address, ushort port) =>
        port == 0 && protocol is not (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp) ? address.ToString() : Of(address, port);

    /// <summary>An endpoint of which a part may stay as it is: 192.0.2.1:80, 192.0.2.1, port 80, or as it is.</summary>
    public static string Of(IpAddress? address, ushort? port) => (address, port) switch
    {
        ({ } known, { } number) => Of(known, number),
        ({ } known, null) => known.ToString(),
        (null, { } number) => string.Create(CultureInfo.InvariantCulture, $"port {number}"),
        _ => "as it is",
    };

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
