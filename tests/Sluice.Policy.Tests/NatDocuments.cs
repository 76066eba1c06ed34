using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Policy.Tests;

/// <summary>One entry of a list of addresses: "10.0.0.0/30", "!10.0.0.1/32", "10.0.0.0/30@80-90".</summary>
internal sealed record NatEntry(IpPrefix Prefix, bool Excludes, PortRange Ports)
{
    public NatEntry(IpPrefix prefix, bool excludes = false) : this(prefix, excludes, PortRange.All)
    {
    }

    public override string ToString() => $"{(Excludes ? "!" : "")}{Prefix}{(Ports.IsAll ? "" : $"@{Ports}")}";
}

/// <summary>One forward: "" is TCP and UDP.</summary>
internal sealed record NatForward(string Protocol, PortRange Public, PortRange Private)
{
    public bool Takes(byte protocol) => protocol is IpProtocol.Tcp or IpProtocol.Udp && Protocol != (protocol == IpProtocol.Tcp ? "udp" : "tcp");
}

/// <summary>One expose of any kind, as a document writes it.</summary>
internal sealed record NatExpose(string Kind, NatEntry[] Ips, NatEntry[] As, NatForward[] Forwards)
{
    public string Yaml => Kind switch
    {
        "default" => TestPolicy.Default,
        "plain" => TestPolicy.Plain(List(Ips)),
        "static" => TestPolicy.Static(List(Ips), List(As)),
        "masquerade" => TestPolicy.Masquerade(List(Ips), List(As)),
        _ => TestPolicy.Forward(List(Ips), List(As), [.. Forwards.Select(static one => $"{one.Protocol} {one.Public}>{one.Private}".TrimStart())]),
    };

    private static string List(NatEntry[] entries) => string.Join(' ', entries.Select(static entry => entry.ToString()));
}

internal sealed record NatRule(string Name, string From, bool Allows, byte? Protocol, IpPrefix? Source, IpPrefix? Destination, PortRange? Ports, bool Flow)
{
    public string Yaml
    {
        get
        {
            string protocol = Protocol is { } number ? $"proto: {(number == IpProtocol.Tcp ? "tcp" : number == IpProtocol.Udp ? "udp" : $"\"{number}\"")}, " : "";
            string source = Source is { } from ? $"src: [{{ cidr: \"{from}\" }}], " : "";
            string ports = Ports is { } range ? $"ports: [\"{range}\"]" : "";
            string cidr = Destination is { } to ? $"cidr: \"{to}\"" : "";
            string both = cidr.Length > 0 && ports.Length > 0 ? ", " : "";
            string destination = cidr.Length + ports.Length > 0 ? $"dst: [{{ {cidr}{both}{ports} }}]" : "";
            string match = (protocol + source + destination).TrimEnd(',', ' ');
            return $"{{ name: {Name}, from: {From}, action: {(Allows ? "allow" : "deny")}, scope: {(Flow ? "flow" : "packet")}{(match.Length > 0 ? $", match: {{ {match} }}" : "")} }}";
        }
    }
}

internal sealed record NatEnd(string Realm, NatExpose[] Exposes);

internal sealed record NatPeering(NatEnd Left, NatEnd Right, IpFamily Family, NatRule[] Rules, bool DeniesByDefault)
{
    /// <summary>What stands in the braces of <c>peering</c>, and behind them.</summary>
    public string Yaml
    {
        get
        {
            string ends = TestPolicy.End(Left.Realm, [.. Left.Exposes.Select(static e => e.Yaml)]) + ", " + TestPolicy.End(Right.Realm, [.. Right.Exposes.Select(static e => e.Yaml)]);
            if (Rules.Length == 0) return ends;
            string rules = string.Join(", ", Rules.Select(static rule => rule.Yaml));
            return $"{ends} }}, acl: {{ default: {(DeniesByDefault ? "deny" : "deny-unless-exposed")}, rules: [{rules}]";
        }
    }
}
