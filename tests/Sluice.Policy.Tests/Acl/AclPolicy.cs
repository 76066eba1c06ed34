using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy.Tests.Acl;

/// <summary>Peerings with access lists, and packets to put to them.</summary>
internal static class AclPolicy
{
    /// <summary>The two ends of a peering with a list, as <see cref="TestPolicy.Of"/> takes them.</summary>
    public static string Peering(string left, string right, string acl) => $"{left}, {right} }}, acl: {acl.Trim()[..^1]}";

    /// <summary>Realm a exposes 10.0.0.0/16 as it is, b 192.168.0.0/16.</summary>
    public static TestPolicy Plain(string acl) => TestPolicy.Of(
        [Peering(TestPolicy.End("a", TestPolicy.Plain("10.0.0.0/16")), TestPolicy.End("b", TestPolicy.Plain("192.168.0.0/16")), acl)]);

    /// <summary>Realm a is masqueraded behind 203.0.113.1; the net shows everything.</summary>
    public static TestPolicy Masqueraded(string acl) => TestPolicy.Of(
        [Peering(TestPolicy.End("a", TestPolicy.Masquerade("10.0.0.0/16", "203.0.113.1/32")), TestPolicy.End("ext.net", TestPolicy.Default), acl)]);

    /// <summary>"tcp 10.0.0.1:1000 > 192.168.0.1:80"; without ports where none are written.</summary>
    public static FirstPacket Packet(TestPolicy policy, string realm, string text)
    {
        string[] words = text.Split(' ');
        (IpAddress source, ushort sourcePort, bool hasPorts) = Endpoint(words[1]);
        (IpAddress destination, ushort destinationPort, _) = Endpoint(words[3]);
        return new FirstPacket
        {
            Realm = policy.Realm(realm),
            Protocol = words[0] switch { "tcp" => IpProtocol.Tcp, "udp" => IpProtocol.Udp, "icmp" => IpProtocol.Icmp, "icmp6" => IpProtocol.IcmpV6, _ => byte.Parse(words[0], null) },
            HasPorts = hasPorts,
            Source = source,
            SourcePort = sourcePort,
            Destination = destination,
            DestinationPort = destinationPort,
        };
    }

    public static FlowParts Parts(in FirstPacket packet) =>
        new(packet.Realm, packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);

    /// <summary>The decision in words, with the rule: "drop AclDenied by r1", "stateless b by r1, log", "session b".</summary>
    public static string Decide(TestPolicy policy, string realm, string text)
    {
        Decision decision = policy.Policy.Decide(Packet(policy, realm, text));
        return policy.Say(decision) + By(policy, decision.Rule) + (decision.Log ? ", log" : "");
    }

    /// <summary>" by NAME" of a rule of a list, " by default" of a list's default, else nothing.</summary>
    public static string By(TestPolicy policy, uint rule)
    {
        string name = policy.Policy.Rules[(int)rule].Name;
        if (name.Contains("acl default", StringComparison.Ordinal)) return " by default";
        int quote = name.IndexOf('"', StringComparison.Ordinal);
        return quote < 0 ? "" : $" by {name[(quote + 1)..name.LastIndexOf('"')]}";
    }

    /// <summary>Whether the answers of the session that such a packet begins are denied. The public source is another one where it is given.</summary>
    public static bool IsReplyDenied(TestPolicy policy, string realm, string text, string? publicSource = null)
    {
        FirstPacket first = Packet(policy, realm, text);
        Decision decision = policy.Policy.Decide(first);
        FlowParts original = Parts(first);
        IpAddress seen = publicSource is null ? first.Source : IpAddress.Parse(publicSource);
        var reply = new FlowParts(decision.RealmTo, first.Protocol, first.Destination, first.DestinationPort, seen, first.SourcePort);
        return policy.Policy.IsReplyDenied(original, reply, decision.Rule);
    }

    private static (IpAddress Address, ushort Port, bool HasPort) Endpoint(string text)
    {
        if (IpAddress.TryParse(text, out IpAddress alone)) return (alone, 0, false);
        int colon = text.LastIndexOf(':');
        return (IpAddress.Parse(text[..colon].Trim('[', ']')), ushort.Parse(text[(colon + 1)..], null), true);
    }
}
