using Sluice.Packets.Building;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Cli.Tests;

/// <summary>What is wrong with a configuration or a capture is said with its place, and nothing else happens.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Right = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: vpc1, driver: tun, realm: vpc1, addresses: [10.0.0.1/24] }
            - { name: vpc2, driver: tun, realm: vpc2, addresses: [198.51.100.1/24] }
          realms: [{ name: vpc1 }, { name: vpc2 }, { name: vpc3 }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: one-two }
        spec:
          peering:
            vpc1:
              expose:
                - ips: [{ cidr: 10.0.0.0/24 }]
                  as: [{ cidr: 203.0.113.1/32 }]
                  nat: { masquerade: { idleTimeout: 5m } }
            vpc2:
              expose:
                - ips: [{ cidr: 198.51.100.0/24 }]

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-bad-").FullName;

    public BadInputTests()
    {
        using PcapWriter writer = PcapWriter.Create(At("vpc1.pcap"), CaptureLinkType.RawIp);
        for (int i = 0; i < 3; i++)
            writer.Write(1_700_000_000_000_000_000 + i, PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000 + i, 53).Payload(20).Build());
    }

    public static TheoryData<string, string, string, string> Wrongs => new()
    {
        { "a wrong field", "idleTimeout: 5m", "idleTimout: 5m", ":19:32: UnknownField: " },
        { "an unknown VPC", "    vpc2:\n      expose", "    vpc9:\n      expose", ":20:5: " },
        { "a bad duration", "idleTimeout: 5m", "idleTimeout: soon", ":19:45: " },
        { "overlapping prefixes", "- ips: [{ cidr: 198.51.100.0/24 }]", "- ips: [{ cidr: 198.51.100.0/24 }]\n        - ips: [{ cidr: 198.51.100.128/25 }]", ":23:" },
        { "a port range with blanks", "masquerade: { idleTimeout: 5m }", "portForward: { ports: [{ proto: tcp, port: \"22\", as: \"122 - 234\" }] }", ":19:" },
        { "a port that is no text", "masquerade: { idleTimeout: 5m }", "portForward: { ports: [{ proto: tcp, port: 22, as: \"22\" }] }", ":19:" },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void A_wrong_configuration_is_said_with_its_place_and_nothing_is_written(string what, string part, string instead, string place)
    {
        Assert.Contains(part, Right, StringComparison.Ordinal);
        string file = Config(Right.Replace(part, instead, StringComparison.Ordinal));

        CommandRun check = CommandRun.Of("check", file);
        CommandRun replay = Replay(file);

        Assert.True(check.Code == ExitCode.BadInput, what);
        Assert.Contains($"{file}{place}", check.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.BadInput, check.Error), (replay.Code, replay.Error));
        Assert.False(Directory.Exists(At("out")));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(45, 2)]
    [InlineData(60, 1)]
    public void A_capture_cut_short_is_used_as_far_as_it_goes_and_the_rest_is_said(int more, int whole)
    {
        byte[] bytes = File.ReadAllBytes(At("vpc1.pcap"));
        File.WriteAllBytes(At("vpc1.pcap"), bytes[..^(5 + more)]);

        CommandRun run = Replay(Config(Right));

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("cut short", run.Error, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllLines(At("out/verdicts.jsonl")).Length);
    }

    [Fact]
    public void A_file_that_is_no_capture_is_bad_input()
    {
        File.WriteAllText(At("vpc1.pcap"), "this is no capture at all, whatever its name says");

        CommandRun run = Replay(Config(Right));

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("vpc1.pcap", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void A_change_that_is_refused_leaves_the_exit_code_at_done()
    {
        string file = Config(Right);
        File.WriteAllText(At("wrong.yaml"), "kind: Nonsense\n");

        CommandRun run = Replay(file, "--json", "--apply", $"1700000000={At("wrong.yaml")}");

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("\"accepted\":false", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(At("out/verdicts.jsonl")).Length);
    }

    [Fact]
    public void Another_seed_draws_other_ports_and_the_same_seed_the_same()
    {
        string file = Config(Right + "---\napiVersion: sluice.dev/v1alpha1\nkind: NatProfile\nmetadata: { name: default }\nspec: { preservePort: false }\n");

        byte[] Sent(string seed)
        {
            Assert.Equal(ExitCode.Done, Replay(file, "--seed", seed).Code);
            return File.ReadAllBytes(At("out/vpc2.pcap"));
        }

        byte[] seven = Sent("7");
        Assert.NotEqual(seven, Sent("8"));
        Assert.Equal(seven, Sent("7"));
    }

    private string At(string name) => Path.Combine(folder, name);

    private string Config(string text)
    {
        File.WriteAllText(At("gateway.yaml"), text);
        return At("gateway.yaml");
    }

    private CommandRun Replay(string file, params string[] more) =>
        CommandRun.Of(["replay", file, "--in", $"vpc1={At("vpc1.pcap")}", "--out", At("out"), .. more]);
}
