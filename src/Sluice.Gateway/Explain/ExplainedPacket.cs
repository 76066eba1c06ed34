using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Policy;

namespace Sluice.Gateway.Explain;

/// <summary>A packet that a person writes: protocol and endpoints read, everything else that the gateway asks of a packet filled in.</summary>
public sealed record ExplainedPacket
{
    /// <summary>A source port that nobody gave.</summary>
    public const ushort AssumedPort = 50_000;

    private static readonly (string Name, byte Bit)[] FlagNames =
        [("fin", TcpFlag.Fin), ("syn", TcpFlag.Syn), ("rst", TcpFlag.Rst), ("psh", TcpFlag.Psh), ("ack", TcpFlag.Ack), ("urg", TcpFlag.Urg)];

    /// <summary>The link that it comes in by.</summary>
    public required string Link { get; init; }

    /// <summary>The packet as the policy sees it, but for realm and link, which the gateway knows.</summary>
    public required FirstPacket Packet { get; init; }

    /// <summary>Whether its source port or identifier is one that nobody gave.</summary>
    public bool HasAssumedPort { get; init; }

    /// <summary>The packet in one line.</summary>
    public string Text
    {
        get
        {
            string line = $"{(Packet.HasPorts ? "" : "protocol ")}{EndpointText.Protocol(Packet.Protocol)} {SourceText} > {DestinationText}";
            return Packet.Protocol == IpProtocol.Tcp ? $"{line} {FlagText}" : line;
        }
    }

    /// <summary>Its source endpoint, with the port where it has one.</summary>
    public string SourceText => Endpoint(Packet.Source, Packet.SourcePort);

    /// <summary>Its destination endpoint, with the port where it has one.</summary>
    public string DestinationText => Packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 ? $"{Packet.Destination}" : Endpoint(Packet.Destination, Packet.DestinationPort);

    private string FlagText => string.Join(',', FlagNames.Where(f => (Packet.TcpFlags & f.Bit) != 0).Select(f => f.Name));

    /// <summary>Reads a question.</summary>
    /// <param name="question">As written.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="problem">Else: what is wrong with it, as a sentence.</param>
    public static bool TryRead(ExplainQuestion question, [NotNullWhen(true)] out ExplainedPacket? packet, [NotNullWhen(false)] out string? problem)
    {
        packet = null;
        problem = null;
        if (!TryEndpoint(question.Source, out IpAddress source, out ushort? sourcePort)) problem = $"'{question.Source}' is no address and no address with a port";
        else if (!TryEndpoint(question.Destination, out IpAddress destination, out ushort? port)) problem = $"'{question.Destination}' is no address and no address with a port";
        else if (source.Family != destination.Family) problem = $"{source} and {destination} are of different families";
        else if (Protocol(question.Protocol, source.Family) is not { } protocol) problem = $"'{question.Protocol}' is no protocol: there are tcp, udp, icmp and the numbers 0 to 255";
        else if (Flags(question.Flags, protocol) is not { } flags) problem = $"'{question.Flags}' is no list of TCP flags: {string.Join(", ", FlagNames.Select(f => f.Name))}, with commas between";
        else problem = Complete(question.Link, protocol, flags, (source, sourcePort), (destination, port), out packet);
        return problem is null;
    }

    /// <summary>An endpoint of this packet's protocol.</summary>
    public string Endpoint(in IpAddress address, ushort port) => Packet.HasPorts ? EndpointText.Of(address, port) : $"{address}";

    private static string? Complete(
        string link, byte protocol, byte flags, (IpAddress Address, ushort? Port) source, (IpAddress Address, ushort? Port) destination, out ExplainedPacket? packet)
    {
        packet = null;
        bool isQuery = protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        bool hasPorts = isQuery || protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        if (!hasPorts && (source.Port ?? destination.Port) is not null) return $"protocol {protocol} has no ports";
        if (hasPorts && !isQuery && destination.Port is null) return $"{EndpointText.Protocol(protocol)} needs a destination port: {EndpointText.Of(destination.Address, 80)}";
        if (isQuery && destination.Port is not null) return "an echo request has one identifier, which stands behind its source";
        packet = new ExplainedPacket
        {
            Link = link,
            HasAssumedPort = hasPorts && source.Port is null,
            Packet = new FirstPacket
            {
                Protocol = protocol,
                TcpFlags = flags,
                HasPorts = hasPorts,
                Source = source.Address,
                SourcePort = hasPorts ? source.Port ?? AssumedPort : (ushort)0,
                Destination = destination.Address,
                DestinationPort = destination.Port ?? 0,
            },
        };
        return null;
    }

    // 10.0.0.1, 10.0.0.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80
    private static bool TryEndpoint(string text, out IpAddress address, out ushort? port)
    {
        port = null;
        if (IpAddress.TryParse(text, out address)) return true;
        int colon = text.LastIndexOf(':');
        int close = text.LastIndexOf(']');
        string host = colon > close ? text[..colon] : text;
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (isBracketed) host = host[1..^1];
        if (!IpAddress.TryParse(host, out address) || isBracketed == address.IsV4) return false;
        if (colon <= close) return true;
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)) return false;
        port = number;
        return true;
    }

    private static byte? Protocol(string text, IpFamily family)
    {
        byte icmp = family == IpFamily.V4 ? IpProtocol.Icmp : IpProtocol.IcmpV6;
        return text.ToUpperInvariant() switch
        {
            "TCP" => IpProtocol.Tcp,
            "UDP" => IpProtocol.Udp,
            "SCTP" => IpProtocol.Sctp,
            "ICMP" => icmp,
            "ICMPV6" or "ICMP6" => family == IpFamily.V6 ? icmp : null,
            _ => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : null,
        };
    }

    private static byte? Flags(string? text, byte protocol)
    {
        // Of SCTP the packet that begins an association is meant: an INIT.
        if (protocol != IpProtocol.Tcp) return text is not null ? null : protocol == IpProtocol.Sctp ? TcpFlag.Syn : (byte)0;
        byte flags = 0;
        foreach (string name in (text ?? "syn").Split(','))
        {
            int at = Array.FindIndex(FlagNames, f => f.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
            if (at < 0) return null;
            flags |= FlagNames[at].Bit;
        }

        return flags;
    }
}
