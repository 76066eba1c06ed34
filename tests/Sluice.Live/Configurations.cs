namespace Sluice.Live;

/// <summary>What the gateways of the towns are asked to do.</summary>
internal static class Configurations
{
    /// <summary>The client's network masqueraded towards the server's. A pair of realms has one peering, and a peering one family.</summary>
    /// <param name="ipv6">The family.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="public4">Another public IPv4 address.</param>
    /// <param name="more">More prefixes that the server's side exposes.</param>
    /// <param name="servers">Another prefix of the servers.</param>
    public static string Masquerade(bool ipv6 = false, int workers = 1, string public4 = Town.Public4, string more = "", string? servers = null) => $$"""
        {{Links(workers)}}
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: out }
        spec:
          peering:
            vpc1:
              expose:
                - ips: [{ cidr: "{{(ipv6 ? "fd00:1::/64" : "10.0.0.0/24")}}" }]
                  as: [{ cidr: "{{(ipv6 ? Town.Public6 + "/128" : public4 + "/32")}}" }]
                  nat: { masquerade: {} }
            vpc2:
              expose:
                - ips: [{ cidr: "{{servers ?? (ipv6 ? "fd00:2::/64" : "192.168.50.0/24")}}" }{{more}}]

        """;

    /// <summary>The links, and nothing that may pass between them.</summary>
    public static string Links(int workers = 1, string outside = "vpc2") => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          workers: {{workers}}
          sessions: { capacity: 50000 }
          links:
            - { name: vpc1, driver: afpacket, realm: vpc1, addresses: [{{Town.Inside4}}/24, "{{Town.Inside6}}/64"] }
            - { name: {{outside}}, driver: afpacket, realm: vpc2, addresses: [{{Town.Outside4}}/24, "{{Town.Outside6}}/64"] }
          realms: [{ name: vpc1 }, { name: vpc2 }]
        """;
}
