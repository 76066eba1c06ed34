namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Configurations of one virtual IP: clients 10.0.0.2 and .3 on one link, servers 20.0.0.1 to .3 on another, one realm.</summary>
internal static class Virtual
{
    /// <summary>The links alone.</summary>
    public static string Links(string routes = "") => Net.Of(
        [
            Net.Link("clients", "10.0.0.1/24 fd00:1::1/64", "10.0.0.2 10.0.0.3 fd00:1::2", realm: "a"),
            Net.Link("servers", "20.0.0.254/24 fd00:2::ff/64", "20.0.0.1 20.0.0.2 20.0.0.3 fd00:2::1 fd00:2::2", routes, realm: "a"),
        ],
        []);

    /// <summary>With one translation named web.</summary>
    public static string Web(string backends, string protocol = "TCP", string mode = "vip", string address = "30.0.0.2", string port = "port: 80", string more = "", string routes = "") =>
        Links(routes) + Translation("web", backends, protocol, mode, address, port, more);

    /// <summary>One more translation.</summary>
    public static string Translation(
        string name, string backends, string protocol = "TCP", string mode = "vip", string address = "30.0.0.2", string port = "port: 80", string more = "") => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: {{name}} }
        spec: { realm: a, address: "{{address}}", {{(port.Length == 0 ? "" : port + ", ")}}protocol: {{protocol}}, mode: {{mode}}{{more}}, backends: [{{backends}}] }

        """;
}
