using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Policy.Tests.Acl;

/// <summary>One entry of a rule as a document writes it.</summary>
internal sealed record LiteralEntry(string? Cidr, string[] Ports)
{
    public string Yaml => $"{{ {string.Join(", ", Parts())} }}";

    public bool Matches(IpAddress address, ushort port, bool hasPorts) =>
        (Cidr is null || IpPrefix.Parse(Cidr).Contains(address)) && (Ports.Length == 0 || (hasPorts && Ports.Any(range => Holds(range, port))));

    private IEnumerable<string> Parts()
    {
        if (Cidr is not null) yield return $"cidr: \"{Cidr}\"";
        if (Ports.Length > 0) yield return $"ports: [{string.Join(", ", Ports.Select(static p => $"\"{p}\""))}]";
    }

    private static bool Holds(string range, ushort port)
    {
        int[] ends = [.. range.Split('-').Select(static end => int.Parse(end, null))];
        return port >= ends[0] && port <= ends[^1];
    }
}

/// <summary>A rule as a document writes it, and as a reader takes it.</summary>
internal sealed record LiteralRule(string Name, string From, bool Allow, string? Proto, LiteralEntry[] Sources, LiteralEntry[] Destinations, string? Scope)
{
    public string Yaml
    {
        get
        {
            var match = new List<string>();
            if (Proto is not null) match.Add($"proto: \"{Proto}\"");
            if (Sources.Length > 0) match.Add($"src: [{string.Join(", ", Sources.Select(static e => e.Yaml))}]");
            if (Destinations.Length > 0) match.Add($"dst: [{string.Join(", ", Destinations.Select(static e => e.Yaml))}]");
            string scope = Scope is null ? "" : $", scope: {Scope}";
            return $"{{ name: {Name}, from: {From}, action: {(Allow ? "allow" : "deny")}{scope}, match: {{ {string.Join(", ", match)} }} }}";
        }
    }

    public bool KeepsFlow => Allow && Scope != "packet";

    public bool Matches(string realm, in FirstPacket packet)
    {
        FirstPacket it = packet;
        bool protocol = Proto switch
        {
            null => true,
            "tcp" => it.Protocol == IpProtocol.Tcp,
            "udp" => it.Protocol == IpProtocol.Udp,
            "icmp" => it.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6,
            _ => it.Protocol.ToString(null as IFormatProvider) == Proto,
        };
        return realm == From && protocol
            && (Sources.Length == 0 || Sources.Any(entry => entry.Matches(it.Source, it.SourcePort, it.HasPorts)))
            && (Destinations.Length == 0 || Destinations.Any(entry => entry.Matches(it.Destination, it.DestinationPort, it.HasPorts)));
    }
}

/// <summary>A list read from top to bottom for each packet.</summary>
internal sealed record LiteralAcl(bool DenyByDefault, LiteralRule[] Rules)
{
    public string Yaml => $"{{ default: {(DenyByDefault ? "deny" : "deny-unless-exposed")}, rules: [{string.Join(", ", Rules.Select(static rule => rule.Yaml))}] }}";

    public LiteralRule? FirstMatch(string realm, in FirstPacket packet)
    {
        foreach (LiteralRule rule in Rules)
            if (rule.Matches(realm, packet)) return rule;
        return null;
    }

    /// <summary>What becomes of a packet between exposed addresses: "drop AclDenied by r1", "session b by r2", "stateless b".</summary>
    public string Decide(string realm, string to, in FirstPacket packet)
    {
        LiteralRule? rule = FirstMatch(realm, packet);
        if (rule is null) return DenyByDefault ? "drop AclDenied by default" : $"stateless {to}";
        if (!rule.Allow) return $"drop AclDenied by {rule.Name}";
        return $"{(rule.KeepsFlow && packet.HasPorts ? "session" : "stateless")} {to} by {rule.Name}";
    }

    /// <summary>Whether the answers of a packet that passes are denied.</summary>
    public bool IsReplyDenied(string realm, in FirstPacket packet, string to, in FirstPacket reply) =>
        FirstMatch(to, reply) is { } back ? !back.Allow : DenyByDefault && FirstMatch(realm, packet) is not { KeepsFlow: true };
}
