using Sluice.Config;
using Sluice.Gateway;
using Sluice.Gateway.Live;
using Sluice.Links;
using Sluice.Links.Kernel;
using Sluice.Packets.Addresses;

namespace Sluice.Cli.Demo;

/// <summary>A client network, a gateway and a server network in three namespaces without names.</summary>
/// <remarks>
/// <code>
///   clients 10.0.0.2, .3, .4  --- vpc1 [ gateway ] vpc2 ---  server 198.51.100.2
///                            10.0.0.1            198.51.100.1
/// </code>
/// The server has no route to the clients: it answers only what it sees come from the public address. The namespaces are held by descriptors, so they vanish
/// with the process, however it ends.
/// </remarks>
internal sealed class DemoNetwork : IDisposable
{
    public const string PublicAddress = "203.0.113.1";

    private const string Configuration = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: demo }
        spec:
          links:
            - { name: vpc1, driver: afpacket, realm: clients, addresses: [10.0.0.1/24] }
            - { name: vpc2, driver: afpacket, realm: servers, addresses: [198.51.100.1/24] }
          realms: [{ name: clients }, { name: servers }]
          sessions: { capacity: 100000 }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: clients-to-servers }
        spec:
          peering:
            clients: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }
            servers: { expose: [{ ips: [{ cidr: 198.51.100.0/24 }] }] }
        """;

    private readonly List<NetworkNamespace> namespaces = [];

    /// <summary>Makes the networks and starts the gateway.</summary>
    /// <exception cref="LinkException">A privilege is missing.</exception>
    public DemoNetwork(GatewayLog log)
    {
        try
        {
            Clients = Make();
            Servers = Make();
            NetworkNamespace middle = Make();
            middle.Run(() =>
            {
                VirtualNetwork.AddCable("vpc1", Clients, "eth0");
                VirtualNetwork.AddCable("vpc2", Servers, "eth0");
                VirtualNetwork.BringUp("vpc1");
                VirtualNetwork.BringUp("vpc2");
            });
            Furnish(Clients, ClientAddresses, "0.0.0.0/0", "10.0.0.1");
            Furnish(Servers, [Server], $"{PublicAddress}/32", "198.51.100.1");
            foreach (NetworkNamespace end in (NetworkNamespace[])[Clients, Servers]) end.Run(static () => VirtualNetwork.AwaitCarrier("eth0"));
            middle.Run(static () =>
            {
                VirtualNetwork.AwaitCarrier("vpc1");
                VirtualNetwork.AwaitCarrier("vpc2");
            });
            ConfigSet config = ConfigLoader.LoadText("demo.yaml", Configuration).Set
                ?? throw new InvalidOperationException("The demo's own configuration is refused.");
            Gateway = middle.Run(() => new LiveGateway(config, log));
            Gateway.Start(config);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static IReadOnlyList<IpAddress> ClientAddresses { get; } = [IpAddress.Parse("10.0.0.2"), IpAddress.Parse("10.0.0.3"), IpAddress.Parse("10.0.0.4")];

    public static IpAddress Server { get; } = IpAddress.Parse("198.51.100.2");

    public NetworkNamespace Clients { get; }

    public NetworkNamespace Servers { get; }

    public LiveGateway Gateway { get; }

    public void Dispose()
    {
        Gateway?.Dispose();
        foreach (NetworkNamespace one in namespaces) one.Dispose();
    }

    private static void Furnish(NetworkNamespace where, IReadOnlyList<IpAddress> addresses, string to, string via) => where.Run(() =>
    {
        foreach (IpAddress address in addresses) VirtualNetwork.AddAddress("eth0", address, 24);
        VirtualNetwork.BringUp("eth0");
        VirtualNetwork.AddRoute(IpPrefix.Parse(to), IpAddress.Parse(via));
    });

    private NetworkNamespace Make()
    {
        NetworkNamespace made = NetworkNamespace.CreateAnonymous();
        namespaces.Add(made);
        return made;
    }
}
