using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Config.Documents;
using Sluice.Gateway.Health;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Gateway.Tests.Health;

/// <summary>Checks by real sockets, of servers on the loopback interface.</summary>
public sealed class SocketProberTests : IDisposable
{
    private static readonly HealthSpec Patient = new() { Timeout = TimeSpan.FromSeconds(20) };
    private static readonly HealthSpec Hasty = new() { Timeout = TimeSpan.FromMilliseconds(200) };

    private readonly List<IDisposable> servers = [];

    public void Dispose()
    {
        foreach (IDisposable server in servers) server.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_TCP_port_that_is_open_is_well(string address)
    {
        Socket server = Server(SocketType.Stream, ProtocolType.Tcp, address);
        server.Listen();
        Assert.Equal(ProbeResult.Passed, await Ask(Patient with { Check = HealthCheckKind.Tcp }, server));
    }

    [Fact]
    public async Task A_TCP_port_that_is_closed_is_not()
    {
        Socket server = Server(SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(ProbeResult.Failed("the port is closed"), await Ask(Patient with { Check = HealthCheckKind.Tcp }, server));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", null)]
    [InlineData("HTTP/1.0 302 Found\r\n\r\n", null)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP status 503")]
    [InlineData("SSH-2.0-something\r\n", "the answer isn't HTTP")]
    [InlineData("HTTP/1.1 2", "the connection was closed before an answer came")]
    public async Task The_status_of_a_page_decides(string answer, string? error)
    {
        HealthSpec spec = Patient with { Check = HealthCheckKind.Http, Path = "/healthz", Host = "www.test" };
        Task<string> request = Answer(answer, out Socket server);
        Assert.Equal(error is null ? ProbeResult.Passed : ProbeResult.Failed(error), await Ask(spec, server));
        Assert.StartsWith("GET /healthz HTTP/1.1\r\nHost: www.test\r\n", await request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20.0.0.1", 80, "20.0.0.1")]
    [InlineData("20.0.0.1", 8080, "20.0.0.1:8080")]
    [InlineData("20::1", 80, "[20::1]")]
    [InlineData("20::1", 8080, "[20::1]:8080")]
    public void A_backend_without_a_name_is_asked_by_its_address(string address, int port, string host) =>
        Assert.Contains($"\r\nHost: {host}\r\n", HttpProbe.Request(new IPEndPoint(IPAddress.Parse(address), port), new HealthSpec()), StringComparison.Ordinal);

    [Fact]
    public async Task Only_the_statuses_that_are_asked_for_are_well()
    {
        _ = Answer("HTTP/1.1 302 Found\r\n\r\n", out Socket server);
        Assert.Equal(ProbeResult.Failed("HTTP status 302"), await Ask(Patient with { Check = HealthCheckKind.Http, Status = new PortRange(200, 299) }, server));
    }

    [Fact]
    public async Task A_page_that_does_not_come_is_not_waited_for()
    {
        Socket server = Server(SocketType.Stream, ProtocolType.Tcp);
        server.Listen();
        Assert.Equal(ProbeResult.Failed("no answer within 200ms"), await Ask(Hasty with { Check = HealthCheckKind.Http }, server));
    }

    [Fact]
    public async Task Silence_of_a_UDP_port_is_well_unless_an_answer_is_required()
    {
        Socket server = Server(SocketType.Dgram, ProtocolType.Udp);
        HealthSpec spec = Hasty with { Check = HealthCheckKind.Udp, Send = "hello" };
        Assert.Equal(ProbeResult.Passed, await Ask(spec, server));
        Assert.Equal(ProbeResult.Failed("no answer within 200ms"), await Ask(spec with { NeedsAnswer = true }, server));
        var heard = new byte[10];
        Assert.Equal("hello", Encoding.ASCII.GetString(heard, 0, server.Receive(heard)));
    }

    [Fact]
    public async Task An_answer_of_a_UDP_port_is_well()
    {
        Socket server = Server(SocketType.Dgram, ProtocolType.Udp);
        Task answering = Task.Run(async () =>
        {
            SocketReceiveFromResult from = await server.ReceiveFromAsync(new byte[10], new IPEndPoint(IPAddress.Any, 0));
            await server.SendToAsync("a long answer"u8.ToArray(), from.RemoteEndPoint);
        });
        Assert.Equal(ProbeResult.Passed, await Ask(Patient with { Check = HealthCheckKind.Udp, NeedsAnswer = true }, server));
        await answering;
    }

    [Fact]
    public async Task A_UDP_port_that_is_closed_is_not()
    {
        // Whoever hears one other alone keeps everybody from the port, and is not there for those who ask.
        Socket deaf = Server(SocketType.Dgram, ProtocolType.Udp);
        deaf.Connect(Server(SocketType.Dgram, ProtocolType.Udp).LocalEndPoint!);
        Assert.Equal(ProbeResult.Failed("the port is closed"), await Ask(Patient with { Check = HealthCheckKind.Udp }, deaf));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_echo_request_is_answered(string address)
    {
        ProbeResult result = await Ask(Patient with { Check = HealthCheckKind.Icmp }, address, 0);
        Assert.Equal(Environment.IsPrivilegedProcess ? ProbeResult.Passed : ProbeResult.Impossible("the kernel doesn't permit it"), result);
    }

    [Fact]
    public async Task An_obstacle_on_the_way_is_the_answer()
    {
        ProbeResult obstacle = ProbeResult.Failed("there is no route to it");
        Assert.Equal(obstacle, await Ask(Patient with { Check = HealthCheckKind.Tcp }, "127.0.0.1", 80, new ProbePath(null, obstacle)));
    }

    [Fact]
    public async Task A_socket_leaves_by_the_interface_that_it_is_bound_to()
    {
        Socket server = Server(SocketType.Stream, ProtocolType.Tcp);
        server.Listen();
        int port = ((IPEndPoint)server.LocalEndPoint!).Port;
        HealthSpec spec = Patient with { Check = HealthCheckKind.Tcp };
        Assert.Equal(ProbeResult.Passed, await Ask(spec, "127.0.0.1", port, new ProbePath("lo", null)));
        Assert.Equal(ProbeOutcome.Impossible, (await Ask(spec, "127.0.0.1", port, new ProbePath("absent0", null))).Outcome);
    }

    private static Task<ProbeResult> Ask(HealthSpec spec, Socket server)
    {
        var at = (IPEndPoint)server.LocalEndPoint!;
        return Ask(spec, at.Address.ToString(), at.Port);
    }

    private static async Task<ProbeResult> Ask(HealthSpec spec, string address, int port, ProbePath path = default)
    {
        var answer = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new SocketProber((_, _) => path, static errand => errand(), new Random(1));
        prober.Begin(new ProbeRequest(spec, 0, IpAddress.Parse(address), (ushort)port), answer.SetResult);
        return await answer.Task;
    }

    // Answers one connection whatever it asks, and gives back what it asked.
    private Task<string> Answer(string answer, out Socket server)
    {
        Socket listening = server = Server(SocketType.Stream, ProtocolType.Tcp);
        listening.Listen();
        return Task.Run(async () =>
        {
            using Socket client = await listening.AcceptAsync();
            var heard = new byte[1000];
            int length = 0;
            while (!Encoding.ASCII.GetString(heard, 0, length).EndsWith("\r\n\r\n", StringComparison.Ordinal)) length += await client.ReceiveAsync(heard.AsMemory(length));
            await client.SendAsync(Encoding.ASCII.GetBytes(answer));
            return Encoding.ASCII.GetString(heard, 0, length);
        });
    }

    private Socket Server(SocketType type, ProtocolType protocol, string address = "127.0.0.1")
    {
        IPAddress ip = IPAddress.Parse(address);
        var server = new Socket(ip.AddressFamily, type, protocol);
        servers.Add(server);
        server.Bind(new IPEndPoint(ip, 0));
        return server;
    }
}
