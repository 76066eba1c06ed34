using System.Diagnostics;
using Sluice.Config;
using Sluice.Gateway;
using Sluice.Gateway.Live;
using Sluice.Gateway.Views;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>
/// Two networks that can't see each other and a gateway between them, in namespaces that vanish with the process:
/// client c0 --- vpc1 gateway vpc2 --- s0 server. The server has no route to the client.
/// </summary>
internal sealed class Town : IDisposable
{
    public const string Client4 = "10.0.0.2";
    public const string Client6 = "fd00:1::2";
    public const string Inside4 = "10.0.0.1";
    public const string Inside6 = "fd00:1::1";
    public const string Outside4 = "192.168.50.1";
    public const string Outside6 = "fd00:2::1";
    public const string Server4 = "192.168.50.2";
    public const string Server6 = "fd00:2::2";
    public const string Public4 = "192.168.50.100";
    public const string Public6 = "fd00:2::100";
    public const string InsideMac = "02:00:00:00:01:01";
    public const string OutsideMac = "02:00:00:00:02:01";
    public const string ServerMac = "02:00:00:00:02:02";

    private readonly string directory = Directory.CreateTempSubdirectory("sluice-live").FullName;
    private readonly List<Process> background = [];
    private readonly List<IDisposable> belongings = [];
    private readonly List<(NetworkNamespace Place, string Device)> ends = [];
    private readonly StringWriter log = new();
    private LiveGateway? gateway;
    private int iperfListened;
    private int iperfCalled;

    /// <summary>Builds the networks; no gateway runs yet.</summary>
    /// <param name="outsideMtu">The MTU between gateway and server.</param>
    public Town(int outsideMtu = 1500)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces, packet sockets and BPF programs in them");
        Client = Make();
        Middle = Make();
        ServerSide = Make();
        Cable(Client, "c0", "02:00:00:00:01:02", "vpc1", InsideMac, 1500);
        Cable(ServerSide, "s0", ServerMac, "vpc2", OutsideMac, outsideMtu);
        Client.Shell($"""
            ip address add {Client4}/24 dev c0
            ip address add {Client6}/64 dev c0
            ip route add default via {Inside4}
            ip route add default via {Inside6}
            """);
        ServerSide.Shell($"""
            ip address add {Server4}/24 dev s0
            ip address add {Server6}/64 dev s0
            """);

        AwaitCables();
    }

    public NetworkNamespace Client { get; }

    /// <summary>Where the gateway is.</summary>
    public NetworkNamespace Middle { get; }

    public NetworkNamespace ServerSide { get; }

    public LiveGateway Gateway => gateway ?? throw new InvalidOperationException("no gateway runs");

    /// <summary>What the gateway has said.</summary>
    public string Log
    {
        get
        {
            lock (log) return log.ToString();
        }
    }

    public static string Server(bool ipv6) => ipv6 ? Server6 : Server4;

    public static string Public(bool ipv6) => ipv6 ? Public6 : Public4;

    public static string Url(string host, int port) => host.Contains(':', StringComparison.Ordinal) ? $"http://[{host}]:{port}/" : $"http://{host}:{port}/";

    public static ConfigSet Load(string configuration)
    {
        LoadResult loaded = ConfigLoader.LoadText("gateway.yaml", configuration);
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }

    /// <summary>Runs a gateway of this process.</summary>
    public void Start(string configuration)
    {
        ConfigSet config = Load(configuration);
        gateway = Middle.Run(() => new LiveGateway(config, new GatewayLog(log, json: false)));
        gateway.Start(config);
    }

    /// <summary>Gives the gateway another configuration.</summary>
    public void Apply(string configuration)
    {
        ReloadView answer = Gateway.Reloader.Apply(new ConfigTexts([new ConfigText("gateway.yaml", configuration)], []), "the test");
        Assert.True(answer.Accepted, string.Join('\n', answer.Problems.Select(static problem => problem.Text)));
    }

    /// <summary>How many packets the gateway of this process has dropped for a reason.</summary>
    public ulong Dropped(string reason) => Gateway.Inspector.Drops().Drops.SingleOrDefault(drop => drop.Reason == reason)?.Packets ?? 0;

    /// <summary>Ends the gateway of this process.</summary>
    public void Stop()
    {
        gateway?.Dispose();
        gateway = null;
    }

    /// <summary>Starts a program that runs until it ends or the town does.</summary>
    public Process Background(NetworkNamespace place, string program, params string[] arguments)
    {
        Process process = place.Begin(program, arguments);
        background.Add(process);
        return process;
    }

    /// <summary>Hands over something that is to end with the town.</summary>
    public T Keep<T>(T belonging)
        where T : IDisposable
    {
        belongings.Add(belonging);
        return belonging;
    }

    /// <summary>Pings through the gateway of this process; every ping must be answered, the first one too. What ping says.</summary>
    /// <remarks>
    /// The gateway keeps a packet three seconds while its neighbour is asked for. Where it has counted that the machine took longer, nothing is known, and it is done anew.
    /// </remarks>
    public string PingAll(NetworkNamespace from, string address, int count)
    {
        string said = "";
        Programs.Until(() =>
        {
            ulong before = Dropped("NoNeighbor");
            using Process ping = from.Begin("ping", Pings.AllTo(address, count));
            Task<string> output = ping.StandardOutput.ReadToEndAsync();
            Programs.Until(() => ping.HasExited || Dropped("NoNeighbor") > before, $"{address} answers");
            bool ended = ping.HasExited;
            if (!ended) ping.Kill();
            ping.WaitForExit();
            said = output.Result;
            return ended;
        }, $"{address} answers before the gateway gives its neighbour up");
        Assert.Contains($"{count} packets transmitted, {count} received, 0% packet loss", said, StringComparison.Ordinal);
        return said;
    }

    /// <summary>Begins an iperf3 server.</summary>
    public void Iperf(NetworkNamespace place)
    {
        Process server = Background(place, "iperf3", "-s", "--forceflush");
        server.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening", StringComparison.Ordinal) == true) Interlocked.Increment(ref iperfListened);
        };
        server.BeginOutputReadLine();
    }

    /// <summary>Begins a test of the client's; between two tests iperf3's server listens anew, and resets who comes too early.</summary>
    public Process BeginIperf(params string[] arguments)
    {
        iperfCalled++;
        Programs.Until(() => Volatile.Read(ref iperfListened) >= iperfCalled, "iperf3 listens");
        return Background(Client, "iperf3", ["-c", .. arguments]);
    }

    /// <summary>Runs a test of the client's; it must end well.</summary>
    public void CallIperf(params string[] arguments)
    {
        Process test = BeginIperf(arguments);
        Task<string> output = test.StandardOutput.ReadToEndAsync(), error = test.StandardError.ReadToEndAsync();
        if (!test.WaitForExit(TimeSpan.FromSeconds(120))) test.Kill();
        test.WaitForExit();
        Assert.True(test.ExitCode == 0, $"iperf3 {string.Join(' ', arguments)} ended with {test.ExitCode}:\n{output.Result}{error.Result}");
    }

    /// <summary>A file of the town's own.</summary>
    public string FileNamed(string name) => Path.Combine(directory, name);

    /// <summary>
    /// One more namespace, its interfaces without duplicate address detection, so that IPv6 works at once, and with an ICMP error for every packet that deserves
    /// one: whether a kernel still owes one depends on all that the machine does.
    /// </summary>
    public NetworkNamespace Make()
    {
        NetworkNamespace made = Keep(NetworkNamespace.CreateAnonymous());
        made.SetControl("ipv6/conf/default/accept_dad", "0");
        made.SetControl("ipv4/ping_group_range", "0 2147483647");
        made.SetControl("ipv4/icmp_ratemask", "0");
        made.SetControl("ipv6/icmp/ratemask", "\n");
        return made;
    }

    /// <summary>A cable between two interfaces, the second in the gateway's namespace.</summary>
    public void Cable(NetworkNamespace end, string endName, string endMac, string middleName, string middleMac, int mtu) =>
        Cable(end, endName, endMac, Middle, middleName, middleMac, mtu);

    /// <summary>A cable between two interfaces, which carries packets once <see cref="AwaitCables"/> is back.</summary>
    public void Cable(NetworkNamespace a, string nameA, string macA, NetworkNamespace b, string nameB, string macB, int mtu)
    {
        b.Shell($"""
            ip link add {nameB} address {macB} mtu {mtu} type veth peer name {nameA} address {macA} mtu {mtu} netns {a.Path}
            ip link set {nameB} up
            """);
        a.Call("ip", "link", "set", nameA, "up");
        ends.AddRange([(a, nameA), (b, nameB)]);
    }

    /// <summary>Waits until every cable carries packets.</summary>
    /// <remarks>
    /// A kernel gives an interface its link-local address once it has a carrier and a queue, up to a second after it came up. Before that packets are lost, and IPv6
    /// neighbours can't be asked for.
    /// </remarks>
    public void AwaitCables() => Programs.Until(() => ends.All(static end => end.Place.Run(LinkLocals).Contains(end.Device)), "all interfaces have link-local addresses");

    // The interfaces that have one. The fourth column of the kernel's list is the scope, 20 that of the link; the last one the name.
    private static string[] LinkLocals() =>
    [
        .. File.ReadAllLines("/proc/thread-self/net/if_inet6").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words[3] == "20").Select(static words => words[5]),
    ];

    public void Dispose()
    {
        Stop();
        foreach (Process process in background)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        for (int i = belongings.Count - 1; i >= 0; i--) belongings[i].Dispose();
        log.Dispose();
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }
}
