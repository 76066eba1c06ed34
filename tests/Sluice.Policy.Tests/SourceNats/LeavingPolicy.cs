using System.Net;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Policy.Tests.SourceNats;

/// <summary>Configurations with source-NAT policies in realm a, and what leaves under them in words.</summary>
internal static class LeavingPolicy
{
    /// <summary>Links p1, p2, tap0 and uplink of realm a, and one of realm b.</summary>
    public const string Links = """
          links:
            - { name: p1, driver: tun, realm: a, addresses: [10.1.0.1/24, "fd01::1/64"] }
            - { name: p2, driver: tun, realm: a, addresses: [10.2.0.1/24] }
            - { name: tap0, driver: tun, realm: a, addresses: [10.3.0.1/24] }
            - { name: uplink, driver: tun, realm: a, addresses: [192.0.2.1/24], routes: [{ to: 0.0.0.0/0 }] }
            - { name: other, driver: tun, realm: b, addresses: [172.16.0.1/24] }
        """;

    public static string SourceNat(string spec, string name = "leaving") => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: {{name}} }
        spec: { realm: a, {{spec}} }

        """;

    public static TestPolicy Of(string[] peerings, params string[] others) => TestPolicy.Of(peerings, Links, string.Concat(others));

    public static TestPolicy Of(params string[] others) => Of([], others);

    /// <summary>The whole decision of a packet that comes in by a link and whose destination (as decided) is reached by another.</summary>
    public static Decision Leave(this TestPolicy policy, FirstPacket first, string linkIn, string linkOut)
    {
        first.Link = policy.Link(linkIn);
        if (first.Protocol == IpProtocol.Tcp && first.TcpFlags == 0) first.TcpFlags = TcpFlag.Syn;
        Decision decision = policy.Policy.Decide(first);
        policy.Policy.Redirect(first, ref decision);
        policy.Policy.Leave(first, policy.Link(linkOut), ref decision);
        return decision;
    }

    /// <summary>As <see cref="TestPolicy.Translate"/> says it, after the last step.</summary>
    public static string Leaves(this TestPolicy policy, string linkIn, string linkOut, string source, string destination, string protocol = "tcp")
    {
        FirstPacket first = policy.Packet("a", source, destination, protocol);
        Decision decision = policy.Leave(first, linkIn, linkOut);
        if (decision.Kind is not (DecisionKind.Stateless or DecisionKind.Session)) return policy.Say(decision);
        string from = decision.SourcePool != Decision.NoPool
            ? string.Join(' ', policy.Policy.Pools[decision.SourcePool].Addresses) + ":*"
            : decision.RewritesSource ? Endpoint(decision.Source, decision.SourcePort) : Endpoint(first.Source, first.SourcePort);
        string to = decision.RewritesDestination ? Endpoint(decision.Destination, decision.DestinationPort) : Endpoint(first.Destination, first.DestinationPort);
        return $"{decision.Kind.ToString().ToLowerInvariant()} {policy.Realms.NameOf(decision.RealmTo)}: {from} > {to}";
    }

    /// <summary>A session that lives: what its first packet was and what it became.</summary>
    public static LiveSession Live(this TestPolicy policy, string linkIn, string linkOut, string source, string destination, string leavesAs, string reaches, bool isPublic, string protocol = "tcp", string realmTo = "a")
    {
        FirstPacket first = policy.Packet("a", source, destination, protocol), answer = policy.Packet(realmTo, reaches, leavesAs, protocol);
        return new LiveSession(PartsOf(first), PartsOf(answer), isPublic, ThroughMapping: false) { LinkIn = policy.Link(linkIn), LinkOut = policy.Link(linkOut) };
    }

    public static ushort Link(this TestPolicy policy, string name) => (ushort)policy.Policy.Links.IndexOf(name);

    private static FlowParts PartsOf(in FirstPacket packet) =>
        new(packet.Realm, packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);

    private static string Endpoint(IpAddress address, ushort port) => new IPEndPoint(address.ToIPAddress(), port).ToString();
}
