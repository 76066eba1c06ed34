using System.Globalization;
using Sluice.Config.Reading;
using Sluice.Gateway.Composition;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Gateway.Objects;

/// <summary>The conditions themselves, each read from one value; null where the value makes no sense.</summary>
internal static class SessionTests
{
    public static SessionTest Realm(string name) => (in SessionFacts s) => s.From == name || s.To == name;

    public static SessionTest From(string name) => (in SessionFacts s) => s.From == name;

    public static SessionTest To(string name) => (in SessionFacts s) => s.To == name;

    public static SessionTest? Address(string text)
    {
        if (ReadPrefix(text) is not { } prefix) return null;
        return (in SessionFacts s) =>
            prefix.Contains(s.Session.Original.Source) || prefix.Contains(s.Session.Original.Destination)
            || prefix.Contains(s.Session.Reply.Source) || prefix.Contains(s.Session.Reply.Destination);
    }

    public static SessionTest? Port(string text)
    {
        string[] ends = text.Split('-', 2);
        if (!TryPort(ends[0], out ushort first) || !TryPort(ends[^1], out ushort last) || first > last) return null;
        var range = new PortRange(first, last);
        return (in SessionFacts s) =>
            range.Contains(s.Session.Original.SourcePort) || range.Contains(s.Session.Original.DestinationPort)
            || range.Contains(s.Session.Reply.SourcePort) || range.Contains(s.Session.Reply.DestinationPort);
    }

    public static SessionTest? Public(string text) => TryEndpoint(text, out IpPrefix prefix, out ushort? port)
        ? (in SessionFacts s) => Is(s.PublicSource, prefix, port) || Is(s.PublicDestination, prefix, port)
        : null;

    public static SessionTest? Protocol(string text)
    {
        byte? known = text.ToUpperInvariant() switch
        {
            "TCP" => IpProtocol.Tcp,
            "UDP" => IpProtocol.Udp,
            "ICMP" => IpProtocol.Icmp,
            "ICMPV6" => IpProtocol.IcmpV6,
            "SCTP" => IpProtocol.Sctp,
            _ => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : null,
        };
        return known is { } protocol ? (in SessionFacts s) => s.Session.Original.Protocol == protocol : null;
    }

    public static SessionTest? State(string text)
    {
        if (!Array.Exists(Enum.GetValues<SessionStateName>(), state => EndpointText.State(state).Equals(text, StringComparison.OrdinalIgnoreCase))) return null;
        return (in SessionFacts s) => EndpointText.State(s.Session.State).Equals(text, StringComparison.OrdinalIgnoreCase);
    }

    public static SessionTest? Number(string text)
    {
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)) return null;
        return (in SessionFacts s) => s.Session.Number == number;
    }

    public static SessionTest Peering(string name) => RuleOf($"peering {name}");

    public static SessionTest Translation(string name)
    {
        SessionTest byRule = RuleOf($"translation {name}");
        return (in SessionFacts s) => s.Backend is { } backend ? backend.Owner == name : byRule(in s);
    }

    public static SessionTest? Backend(string text) =>
        TryEndpoint(text, out IpPrefix prefix, out ushort? port) ? (in SessionFacts s) => Is(s.BackendEndpoint, prefix, port) : null;

    public static SessionTest Policy(string name) => (in SessionFacts s) => s.Policy == name;

    public static SessionTest Rule(string part) => (in SessionFacts s) => s.Rule.Contains(part, StringComparison.OrdinalIgnoreCase);

    public static SessionTest? OlderThan(string text) => Milliseconds(text) is { } limit ? (in SessionFacts s) => s.Session.AgeMilliseconds > limit : null;

    public static SessionTest? NewerThan(string text) => Milliseconds(text) is { } limit ? (in SessionFacts s) => s.Session.AgeMilliseconds < limit : null;

    public static SessionTest? Idle(string text) => Milliseconds(text) is { } limit ? (in SessionFacts s) => s.Session.IdleMilliseconds >= limit : null;

    // A rule's name is that of its document, or begins with it and a comma.
    private static SessionTest RuleOf(string document) => (in SessionFacts s) =>
        s.Rule.StartsWith(document, StringComparison.Ordinal) && (s.Rule.Length == document.Length || s.Rule[document.Length] == ',');

    private static bool Is((IpAddress Address, ushort Port)? endpoint, in IpPrefix prefix, ushort? port) =>
        endpoint is { } known && prefix.Contains(known.Address) && (port is null || known.Port == port);

    // An address or a prefix, and a port behind either.
    private static bool TryEndpoint(string text, out IpPrefix prefix, out ushort? port)
    {
        port = null;
        prefix = default;
        if (ReadPrefix(text) is not { } whole)
        {
            int colon = text.LastIndexOf(':');
            if (colon < 0 || !TryPort(text[(colon + 1)..], out ushort number)) return false;
            string host = text[..colon];
            if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
            if (ReadPrefix(host) is not { } read) return false;
            (whole, port) = (read, number);
        }

        prefix = whole;
        return true;
    }

    // An address within a prefix names that prefix: 10.0.0.7/24 is what people copy from 'ip address'.
    private static IpPrefix? ReadPrefix(string text)
    {
        if (IpAddress.TryParse(text, out IpAddress host)) return IpPrefix.Host(host);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IpAddress.TryParse(text[..slash], out IpAddress address)) return null;
        if (!byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out byte length) || length > address.Bits) return null;
        return new IpPrefix(address, length);
    }

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    private static double? Milliseconds(string text) => Durations.TryParse(text, out TimeSpan duration, out _) ? duration.TotalMilliseconds : null;
}
