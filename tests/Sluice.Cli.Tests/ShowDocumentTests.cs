using System.Text.Json;
using Xunit;

namespace Sluice.Cli.Tests;

/// <summary>Forms of <c>show</c> that print documents, and what is said where there is nothing, of a running gateway.</summary>
public sealed class ShowDocumentTests : IDisposable
{
    private readonly RunningGateway gateway = new();

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void Status_as_yaml_is_a_GatewayAgent_with_the_fields_that_a_controller_reads()
    {
        gateway.Send("10.0.0.2", "10.0.0.2");

        CommandRun run = gateway.Ask("show", "status", "-o", "yaml");

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.StartsWith("apiVersion: gwint.githedgehog.com/v1alpha1\nkind: GatewayAgent\nmetadata:\n  name: gw\n  namespace: default\nstatus:\n  lastAppliedGen: 1\n  lastAppliedTime: \"20", run.Output, StringComparison.Ordinal);
        Assert.Contains("    peerings:\n      one->two:\n        p: 2\n        b: 58\n        d: 0\n        bps: 0\n        pps: 0\n    bgp:\n      vrfs: {}\n    lastCollectedTime: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("    frr:\n      lastAppliedGen: 0\n    vpcs:\n      one:\n        p: 2\n        b: 58\n        d: 0\n      two:\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Status_as_json_is_the_same_document()
    {
        JsonElement agent = JsonDocument.Parse(gateway.Ask("show", "status", "-o", "json").Output).RootElement;

        Assert.Equal(["apiVersion", "kind", "metadata", "status"], Names(agent));
        Assert.Equal(["lastAppliedGen", "lastAppliedTime", "lastHeartbeat", "state"], Names(agent.GetProperty("status")));
        Assert.Equal(["dataplane", "frr", "vpcs", "peerings", "bgp", "lastCollectedTime"], Names(agent.GetProperty("status").GetProperty("state")));
        Assert.Empty(Names(agent.GetProperty("status").GetProperty("state").GetProperty("peerings")));
    }

    [Fact]
    public void Status_for_people_stays_a_table_and_json_what_the_gateway_says()
    {
        Assert.StartsWith("WHAT", gateway.Ask("show", "status").Output, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(gateway.Ask("show", "status", "--json").Output).RootElement.GetProperty("generation").GetInt32());
    }

    [Fact]
    public void The_configuration_in_force_is_listed_by_file()
    {
        CommandRun run = gateway.Ask("show", "config");

        Assert.StartsWith("configuration 1, in force since 20", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{gateway.Folder}/gw.yaml", run.Output, StringComparison.Ordinal);
        Assert.Matches("expose +3\n", run.Output);
        JsonElement files = JsonDocument.Parse(gateway.Ask("show", "config", "-o", "json").Output).RootElement.GetProperty("files");
        Assert.Equal(RunningGateway.Small, files[0].GetProperty("text").GetString());
        Assert.False(JsonDocument.Parse(gateway.Ask("show", "config", "--json").Output).RootElement.GetProperty("files")[0].TryGetProperty("text", out _));
    }

    [Fact]
    public void What_commands_ask_for_is_written_as_a_file_that_brings_it_back()
    {
        gateway.Ask("apply", $"{gateway.Folder}/gw.yaml", gateway.FileOf("t.cnat", "cnat translation add vip 30.0.0.7 80\ncnat translation add vip 30.0.0.8 80\n"));
        gateway.Ask("cnat", "cnat { session-max-age 300 }\ncnat translation del 0\ncnat translation add proto UDP vip 30.0.0.2 53 to ->20.0.0.1 to ->20.0.0.1");
        gateway.Ask("cnat", "set cnat snat-policy addr 198.51.100.1\nset cnat snat-policy k8s\nset cnat feature a");
        gateway.Ask("cnat", "set cnat snat-policy none\nset cnat snat-policy addr 198.51.100.2");
        string[] asked = Names(gateway);

        CommandRun yaml = gateway.Ask("show", "config", "-o", "yaml");
        Assert.StartsWith("sluice: command lines stand there as comments only: 'sluice show config -o cnat > FILE.cnat' ", yaml.Error, StringComparison.Ordinal);
        CommandRun commands = gateway.Ask("show", "config", "-o", "cnat");
        Assert.Equal(
            """
            cnat { session-max-age 300 }
            cnat translation add proto TCP vip 30.0.0.8 80 id 1
            cnat translation add proto UDP vip 30.0.0.2 53 to ->20.0.0.1 to ->20.0.0.1 id 2
            set cnat snat-policy addr 198.51.100.2
            set cnat feature a

            """,
            commands.Output);
        Assert.Equal(ExitCode.Done, gateway.Ask("apply", gateway.FileOf("kept.yaml", yaml.Output), gateway.FileOf("kept.cnat", commands.Output)).Code);
        Assert.Equal(asked, Names(gateway));
    }

    [Fact]
    public void Without_commands_there_are_none_to_write_and_nothing_is_said_of_them()
    {
        Assert.Equal(new CommandRun(ExitCode.Done, "# no command lines are in force\n", ""), gateway.Ask("show", "config", "-o", "cnat"));
        Assert.Equal("", gateway.Ask("show", "config", "-o", "yaml").Error);
        Assert.Equal(ExitCode.BadInput, gateway.Ask("show", "status", "-o", "cnat").Code);
    }

    [Fact]
    public void A_peering_is_a_table_of_its_exposes()
    {
        gateway.Send("10.0.0.2");

        CommandRun run = gateway.Ask("show", "peerings");

        Assert.Matches(@"one +1 +masquerade +10\.0\.0\.0/25 +two +203\.0\.113\.1/32 +- +1\n", run.Output);
        Assert.Matches(@"two +1 +none +192\.168\.50\.0/24 +one +itself +- +0\n", run.Output);
        Assert.EndsWith("1 peering\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sessions", "no session is live")]
    [InlineData("mappings", "no mapping is live")]
    [InlineData("drops", "nothing has been dropped")]
    public void Nothing_is_said_in_words(string what, string expected) => Assert.Equal($"{expected}\n", gateway.Ask("show", what).Output);

    [Theory]
    [InlineData("peerings", "no peering is in force: nothing passes between realms")]
    [InlineData("pools", "no pool is in force: no expose masquerades, and no source NAT has an address")]
    public void A_gateway_without_peerings_says_so(string what, string expected)
    {
        string bare = RunningGateway.Small[..RunningGateway.Small.IndexOf("---", StringComparison.Ordinal)];
        Assert.Equal(ExitCode.Done, gateway.Ask("apply", gateway.FileOf("bare.yaml", bare)).Code);

        Assert.Equal($"{expected}\n", gateway.Ask("show", what).Output);
    }

    // What is asked for, without places.
    private static string[] Names(RunningGateway gateway) =>
        [.. Sluice.Config.Comparison.ConfigItems.Of(gateway.Composed.Config!).Select(item => $"{item.Kind} {item.Name}: {string.Join("; ", item.Fields.Select(field => $"{field.Name} {field.Value}"))}")];

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];
}
