using System.Diagnostics;
using Sluice.Config;
using Sluice.Gateway;
using Sluice.Gateway.Live;
using Sluice.Links;

namespace Sluice.Benchmarks.Live;

/// <summary>Client, gateway and server in namespaces of their own; between them passes either the gateway or the kernel with the same translation.</summary>
internal sealed class LiveTown : IDisposable
{
    public const string Server = "192.168.50.2";

    private const string Configuration = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: bench }
        spec:
          sessions: { capacity: 100000 }
          links:
            - { name: vpc1, driver: afpacket, realm: vpc1, addresses: [10.0.0.1/24] }
            - { name: vpc2, driver: afpacket, realm: vpc2, addresses: [192.168.50.1/24] }
          realms: [{ name: vpc1 }, { name: vpc2 }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: out }
        spec:
          peering:
            vpc1: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 192.168.50.100/32 }], nat: { masquerade: {} } }] }
            vpc2: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
        """;

    private const string KernelOn = """
        ip address replace 10.0.0.1/24 dev vpc1
        ip address replace 192.168.50.1/24 dev vpc2
        echo 1 > /proc/sys/net/ipv4/ip_forward
        nft add table ip bench
        nft 'add chain ip bench post { type nat hook postrouting priority srcnat; }'
        nft add rule ip bench post oifname vpc2 ip saddr 10.0.0.0/24 masquerade
        """;

    private const string KernelOff = """
        nft delete table ip bench
        echo 0 > /proc/sys/net/ipv4/ip_forward
        ip address flush dev vpc1
        ip address flush dev vpc2
        """;

    private readonly NetworkNamespace client = NetworkNamespace.CreateAnonymous();
    private readonly NetworkNamespace middle = NetworkNamespace.CreateAnonymous();
    private readonly NetworkNamespace server = NetworkNamespace.CreateAnonymous();
    private readonly Process iperf;
    private readonly SemaphoreSlim iperfListens = new(0);

    public LiveTown()
    {
        foreach (string line in new[]
        {
            $"ip link add vpc1 type veth peer name c0 netns {client.Path}", $"ip link add vpc2 type veth peer name s0 netns {server.Path}",
            "ip link set vpc1 up", "ip link set vpc2 up",
        }) Shell(middle, line);
        Shell(client, "ip link set c0 up; ip address add 10.0.0.2/24 dev c0; ip route add default via 10.0.0.1");
        Shell(server, $"ip link set s0 up; ip address add {Server}/24 dev s0");
        iperf = Begin(server, "iperf3", "-s", "--forceflush");
        iperf.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening", StringComparison.Ordinal) == true) iperfListens.Release();
        };
        iperf.BeginOutputReadLine();
    }

    /// <summary>Has the gateway pass packets while something is measured.</summary>
    public T ThroughGateway<T>(Func<LiveGateway, T> measure)
    {
        ConfigSet config = ConfigLoader.LoadText("bench.yaml", Configuration).Set ?? throw new InvalidOperationException("the benchmark's own configuration is refused");
        using LiveGateway gateway = middle.Run(() => new LiveGateway(config, new GatewayLog(Console.Error, json: false)));
        gateway.Start(config);
        T result = measure(gateway);
        if (gateway.Failure is { } failure) throw new InvalidOperationException(failure);
        return result;
    }

    /// <summary>Has the kernel do the same with nftables while something is measured.</summary>
    public T ThroughKernel<T>(Func<T> measure)
    {
        Shell(middle, KernelOn);
        try
        {
            return measure();
        }
        finally
        {
            Shell(middle, KernelOff);
        }
    }

    /// <summary>Runs a test of iperf3 and returns what it printed. Between two tests its server listens anew, and resets who comes too early.</summary>
    public string Iperf(params string[] arguments)
    {
        if (!iperfListens.Wait(TimeSpan.FromSeconds(20))) throw new InvalidOperationException("iperf3's server doesn't listen");
        return Client("iperf3", ["-c", Server, .. arguments]);
    }

    /// <summary>Runs a program of the client's and returns what it printed.</summary>
    public string Client(string program, params string[] arguments) => Call(client, program, arguments);

    public void Dispose()
    {
        iperf.Kill();
        iperf.WaitForExit();
        iperf.Dispose();
        iperfListens.Dispose();
        client.Dispose();
        middle.Dispose();
        server.Dispose();
    }

    private static void Shell(NetworkNamespace place, string lines) => Call(place, "sh", "-ec", lines);

    private static string Call(NetworkNamespace place, string program, params string[] arguments)
    {
        using Process process = Begin(place, program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1))) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}{output.Result}");
    }

    private static Process Begin(NetworkNamespace place, string program, params string[] arguments) => place.Run(() => Process.Start(
        new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!);
}
