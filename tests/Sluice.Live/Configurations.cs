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

    /// <summary>The reference system's example: an external with everything behind it, masquerade towards it, and forwards on the same public address.</summary>
    /// <param name="ipv6">The family.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="publicAddress">The one public address.</param>
    /// <param name="forwards">Whether there are forwards: 22101 to ssh, 8000 to a web server.</param>
    /// <param name="idleTimeout">Idle time of the forwards.</param>
    public static string External(bool ipv6, int workers, string publicAddress, bool forwards = true, string idleTimeout = "2m0s")
    {
        int length = ipv6 ? 128 : 32;
        string forward = $$"""
                    - as: [{ cidr: "{{publicAddress}}/{{length}}" }]
                      ips: [{ cidr: "{{(ipv6 ? Town.Client6 : Town.Client4)}}/{{length}}" }]
                      nat:
                        portForward:
                          idleTimeout: {{idleTimeout}}
                          ports: [{ proto: tcp, port: "22", as: "22101" }, { proto: tcp, port: "80", as: "8000" }]
            """;
        return $$"""
            {{Links(workers, "vpc2", "vpc-01", "ext.ext-sp-01")}}
            ---
            apiVersion: gateway.githedgehog.com/v1alpha1
            kind: GatewayPeering
            metadata: { name: internet, namespace: default }
            spec:
              gatewayGroup: default
              peering:
                ext.ext-sp-01: { expose: [{ default: true }] }
                vpc-01:
                  expose:
                    - as: [{ cidr: "{{publicAddress}}/{{length}}" }]
                      ips: [{ cidr: "{{(ipv6 ? "fd00:1::/64" : "10.0.0.0/24")}}" }]
                      nat: { masquerade: { idleTimeout: 2m0s } }
            {{(forwards ? forward : "")}}
            """;
    }

    /// <summary>Each network known to the other by addresses of the same size.</summary>
    public static string Static(bool ipv6) => $$"""
        {{Links()}}
        ---
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: GatewayPeering
        metadata: { name: both, namespace: default }
        spec:
          peering:
            vpc1:
              expose:
                - ips: [{ cidr: "{{(ipv6 ? "fd00:1::/64" : "10.0.0.0/24")}}" }]
                  as: [{ cidr: "{{(ipv6 ? "fd00:11::/64" : "10.11.0.0/24")}}" }]
                  nat: { static: {} }
            vpc2:
              expose:
                - ips: [{ cidr: "{{(ipv6 ? "fd00:2::/64" : "192.168.50.0/24")}}" }]
                  as: [{ cidr: "{{(ipv6 ? "fd00:22::/64" : "10.22.0.0/24")}}" }]
                  nat: { static: {} }
        """;

    /// <summary>The links, and nothing that may pass between them.</summary>
    public static string Links(int workers = 1, string outside = "vpc2", string realm1 = "vpc1", string realm2 = "vpc2") => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          workers: {{workers}}
          sessions: { capacity: 50000 }
          links:
            - { name: vpc1, driver: afpacket, realm: {{realm1}}, addresses: [{{Town.Inside4}}/24, "{{Town.Inside6}}/64"] }
            - { name: {{outside}}, driver: afpacket, realm: {{realm2}}, addresses: [{{Town.Outside4}}/24, "{{Town.Outside6}}/64"] }
          realms: [{ name: {{realm1}} }, { name: {{realm2}} }]
        """;
}
