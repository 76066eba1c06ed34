using System.Globalization;
using System.Text.Json;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Explain;
using Xunit;

namespace Sluice.Cli.Tests;

public sealed class ExplainTests : IDisposable
{
    private const string Six = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: one, driver: tun, realm: a, addresses: ["2001:db8:a::1/64"] }
            - { name: two, driver: tun, realm: b, routes: [{ to: "2001:db8:b::/48" }] }
            - { name: three, driver: tun, realm: b, routes: [{ to: "2001:db8:b3::/48" }] }
          realms: [{ name: a }, { name: b }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: p }
        spec:
          peering:
            a:
              expose:
                - ips: [{ cidr: "2001:db8:a::/64" }, { not: "2001:db8:a::bad/128" }]
                  as: [{ cidr: "2001:db8:ff::1/128" }]
                  nat: { masquerade: { idleTimeout: 5m } }
                - ips: [{ cidr: "2001:db8:a::5/128" }]
                  as: [{ cidr: "2001:db8:ff::1/128" }]
                  nat: { portForward: { ports: [{ proto: tcp, port: "22", as: "2222" }] } }
                - ips: [{ cidr: "2001:db8:a1::/64" }]
                  as: [{ cidr: "2001:db8:91::/64" }]
                  nat: { static: {} }
            b:
              expose:
                - ips: [{ cidr: "2001:db8:b::/48" }]
                - ips: [{ cidr: "2001:db8:b9::/48" }]
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-explain-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The last columns: verdict; then the stage and what stands at the place that it names.
    [Theory]
    [InlineData("no-nat", "vpc-1 tcp 10.0.0.5 192.168.1.7:80", "forward", "destination", "192.168.0.0/16")]
    [InlineData("no-nat", "vpc-1 tcp 10.0.0.5 192.168.1.7:80", "forward", "source", "10.0.0.0/24")]
    [InlineData("no-nat", "vpc-1 47 10.0.0.5 192.168.1.7", "forward", "link", "name: vpc-1, driver")]
    [InlineData("no-nat", "vpc-1 udp 10.0.0.5 172.16.0.1:80", "drop NotExposed", "route", "name: vpc-1, driver")]
    [InlineData("no-nat", "vpc-1 udp 10.0.0.5 224.0.0.1:80", "consume", "link", "name: vpc-1, driver")]
    [InlineData("static-nat", "vpc-1 tcp 10.0.1.7:4 10.22.22.130:80", "forward", "destination", "10.22.22.128/25")]
    [InlineData("static-nat", "vpc-1 tcp 10.0.2.3:4 10.22.22.130:80", "forward", "source", "10.0.2.3/32")]
    [InlineData("static-nat", "vpc-1 tcp 10.0.2.9:4 10.22.22.130:80", "drop NotExposed", "source", "vpc-1:")]
    [InlineData("masquerade", "vpc-1 tcp 10.0.0.4:4 192.168.5.32:443", "forward", "source", "10.0.0.0/24")]
    [InlineData("masquerade", "vpc-1 tcp 10.0.0.4:4 192.168.5.32:443", "forward", "session", "idleTimeout: 5m0s")]
    [InlineData("masquerade", "vpc-1 sctp 10.0.0.4 192.168.5.32", "", "", "")]
    [InlineData("masquerade", "vpc-1 sctp 10.0.0.4:4 192.168.5.32:443", "forward", "source", "10.0.0.0/24")]
    [InlineData("masquerade", "vpc-1 136 10.0.0.4 192.168.5.32", "drop UnsupportedProtocol", "source", "10.0.0.0/24")]
    [InlineData("masquerade", "vpc-1 --flags ack tcp 10.0.0.4:4 192.168.5.32:443", "drop MidstreamTcp", "destination", "192.168.0.0/16")]
    [InlineData("masquerade", "vpc-2 tcp 192.168.5.32:4 10.0.1.1:22", "drop NoMapping", "destination", "10.0.1.0/31")]
    [InlineData("masquerade", "vpc-2 tcp 192.168.5.32:4 10.0.0.4:22", "drop NotExposed", "destination", "10.0.0.0/24")]
    [InlineData("port-forwarding", "vpc-2 tcp 10.0.2.9:4 192.168.11.20:22101", "forward", "destination", "proto: tcp")]
    [InlineData("port-forwarding", "vpc-2 udp 10.0.2.9:4 192.168.11.20:22101", "drop NotExposed", "destination", "proto: tcp")]
    [InlineData("port-forwarding", "vpc-1 tcp 10.0.1.3:22 10.0.2.9:80", "drop NotExposed", "source", "10.0.1.3/32")]
    [InlineData("external", "isp tcp 203.0.113.7 100.1.10.0:22101", "forward", "destination", "proto: tcp")]
    [InlineData("external", "isp tcp 203.0.113.7 100.1.10.0:22101", "forward", "source", "default: true")]
    [InlineData("external", "vpc-01 tcp 10.0.1.2:22 203.0.113.7:999", "forward", "source", "proto: tcp")]
    [InlineData("external", "vpc-01 tcp 10.0.1.9 100.1.10.0:22101", "forward", "source", "10.0.1.0/24")]
    [InlineData("external", "isp tcp 203.0.113.7 100.1.10.0:22", "drop NoMapping", "destination", "100.1.10.0/32")]
    public void A_stage_names_the_line_that_decides(string example, string line, string verdict, string stage, string stands)
    {
        CommandRun run = Explain([Example("gateway"), Example(example)], line);

        if (verdict.Length == 0) Assert.Equal(ExitCode.BadInput, run.Code);
        else Holds(run, verdict, stage, stands);
    }

    [Theory]
    [InlineData("one tcp [2001:db8:a::9]:4 [2001:db8:b::7]:80", "forward", "source", "\"2001:db8:a::/64\"")]
    [InlineData("one tcp [2001:db8:a::9]:4 [2001:db8:b::7]:80", "forward", "route", "to: \"2001:db8:b::/48\"")]
    [InlineData("one tcp [2001:db8:a::bad]:4 [2001:db8:b::7]:80", "drop NotExposed", "source", "\"2001:db8:a::bad/128\"")]
    [InlineData("one icmp [2001:db8:a::9]:4 2001:db8:b::7", "forward", "destination", "\"2001:db8:b::/48\"")]
    [InlineData("one udp [2001:db8:a1::9]:4 [2001:db8:b::7]:80", "forward", "source", "\"2001:db8:a1::/64\"")]
    [InlineData("one tcp 2001:db8:a::9 [2001:db8:b9::7]:80", "drop NoRoute", "destination", "\"2001:db8:b9::/48\"")]
    [InlineData("one tcp 2001:db8:a::9 [2001:db8:a::1]:22", "consume", "destination", "2001:db8:a::1/64")]
    [InlineData("one 47 2001:db8:a::9 2001:db8:b::7", "drop UnsupportedProtocol", "source", "\"2001:db8:a::/64\"")]
    [InlineData("two tcp 2001:db8:b::7 [2001:db8:ff::1]:2222", "forward", "destination", "proto: tcp")]
    [InlineData("two tcp 2001:db8:b::7 [2001:db8:ff::1]:22", "drop NoMapping", "destination", "\"2001:db8:ff::1/128\"")]
    [InlineData("two udp 2001:db8:b::7 [2001:db8:91::9]:22", "forward", "destination", "\"2001:db8:91::/64\"")]
    [InlineData("two tcp 2001:db8:b3::7 [2001:db8:91::9]:22", "drop NotExposed", "source", "b:")]
    [InlineData("one --flags syn,ack tcp 2001:db8:a::9 [2001:db8:b::7]:80", "drop MidstreamTcp", "source", "\"2001:db8:a::/64\"")]
    public void So_it_does_in_IPv6(string line, string verdict, string stage, string stands)
    {
        string file = Path.Combine(folder, "six.yaml");
        File.WriteAllText(file, Six);

        Holds(Explain([file], line), verdict, stage, stands);
    }

    [Fact]
    public void People_get_stages_with_places_below_them()
    {
        CommandRun run = CommandRun.Of(
            "explain", Example("gateway"), Example("external"), "--link", "isp", "tcp", "203.0.113.7:4000", "100.1.10.0:22101");

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.StartsWith("tcp 203.0.113.7:4000 > 100.1.10.0:22101 syn, in by link isp\n\nlink         isp carries packets of realm ext.ext-sp-01\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("destination  100.1.10.0:22101 is forwarded to 10.0.1.2:22 of vpc-01\n             ", run.Output, StringComparison.Ordinal);
        Assert.Contains("session      one is made; it ends after 4m half-open, 2m established, 4m closing\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("verdict      forward: leaves by vpc-01 as 203.0.113.7:4000 > 10.0.1.2:22\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Theory]
    [InlineData("nolink tcp 10.0.0.5 192.168.1.7:80", "there is no link 'nolink'; there are: vpc-1, ")]
    [InlineData("vpc-1 tcp 10.0.0.5 192.168.1.7", "tcp needs a destination port: 192.168.1.7:80")]
    [InlineData("vpc-1 tcp 10.0.0.5 192.168.1.7:99999", "'192.168.1.7:99999' is no address")]
    [InlineData("vpc-1 tcp 10.0.0.5 2001:db8::1", "are of different families")]
    [InlineData("vpc-1 47 10.0.0.5:7 192.168.1.7", "protocol 47 has no ports")]
    [InlineData("vpc-1 icmp 10.0.0.5 192.168.1.7:7", "stands behind its source")]
    [InlineData("vpc-1 carp 10.0.0.5 192.168.1.7", "'carp' is no protocol")]
    [InlineData("vpc-1 --flags syn,fun tcp 10.0.0.5 192.168.1.7:80", "'syn,fun' is no list of TCP flags")]
    [InlineData("vpc-1 tcp 10.0.0.5", "a packet is PROTO SRC[:PORT] DST[:PORT]")]
    public void What_is_no_packet_is_bad_input(string line, string expected)
    {
        CommandRun run = line.Split(' ').Length == 3
            ? CommandRun.Of(["explain", "--link", .. line.Split(' ')])
            : Explain([Example("gateway"), Example("no-nat")], line);

        Assert.Equal((ExitCode.BadInput, ""), (run.Code, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_files_the_running_gateway_is_asked()
    {
        Sluice.Config.ConfigSet config = Sluice.Config.ConfigLoader.Load([Example("gateway"), Example("masquerade")]).Set!;
        using ComposedGateway gateway = OfflineGateway.Compose(config);
        string door = Path.Combine(folder, "door.sock");
        using ControlSocket socket = ControlSocket.Open(door, new ControlHandler(new GatewayInspector(gateway), explainer: new Explainer(gateway)));

        CommandRun run = CommandRun.Of("explain", "--socket", door, "--link", "vpc-1", "udp", "10.0.0.4:5", "192.168.5.32:53");
        CommandRun wrong = CommandRun.Of("explain", "--socket", door, "--link", "vpc-9", "udp", "10.0.0.4:5", "192.168.5.32:53");

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.Contains("verdict      forward: leaves by vpc-2 to 192.168.5.32:53; its source is one of 10.0.1.0-10.0.1.1", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, wrong.Code);
        Assert.Equal(ExitCode.Unreachable, CommandRun.Of("explain", "--socket", door + "x", "--link", "vpc-1", "udp", "10.0.0.4:5", "192.168.5.32:53").Code);
    }

    private static string Example(string name) => Checkout.File($"examples/hedgehog/{name}.yaml");

    private static CommandRun Explain(string[] files, string line)
    {
        string[] words = line.Split(' ');
        return CommandRun.Of(["explain", .. files, "--json", "--link", .. words]);
    }

    private static void Holds(CommandRun run, string verdict, string stage, string stands)
    {
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        JsonElement view = JsonDocument.Parse(run.Output).RootElement;
        string reason = view.GetProperty("reason").GetString() is { } given ? $" {given}" : "";
        Assert.Equal(verdict, view.GetProperty("verdict").GetString() + reason);
        JsonElement found = view.GetProperty("stages").EnumerateArray().Single(one => one.GetProperty("stage").GetString() == stage);
        List<string> lines = [.. found.GetProperty("because").EnumerateArray().Select(cause => TextAt(cause.GetProperty("place").GetString()!))];
        Assert.True(lines.Any(text => text.Contains(stands, StringComparison.Ordinal)), $"'{stands}' is not at {string.Join(" | ", lines)}");
    }

    // What stands at file:line:column, to the end of that line.
    private static string TextAt(string place)
    {
        string[] parts = place.Split(':');
        return File.ReadAllLines(parts[0])[Number(parts[1]) - 1][(Number(parts[2]) - 1)..];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
