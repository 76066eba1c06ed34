using System.Text.Json;
using Sluice.Config;
using Xunit;

namespace Sluice.Cli.Tests;

/// <summary><c>sluice cnat</c> against a gateway in which sessions live.</summary>
public sealed class CloudNatTests : IDisposable
{
    private readonly RunningGateway gateway = new();

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void A_translation_is_added_shown_and_taken_back()
    {
        Assert.Equal(new CommandRun(ExitCode.Done, "translation 0 is added\n", ""), gateway.Ask("cnat", "cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1 8080 to 1.2.3.4->20.0.0.2 8080"));
        Assert.Equal(new CommandRun(ExitCode.Done, "translation 1 is added\n", ""), gateway.Ask("cnat", "cnat translation add proto UDP vip 30::2 53 to ->20::1 maglev"));
        Assert.Equal(
            """
            [0] cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1 8080 to 1.2.3.4->20.0.0.2 8080
              vip, lb default, flow-hash 0x1f (srcaddr,dstaddr,srcport,dstport,iproto), from (commands).cnat:1:1
              ->20.0.0.1 8080  weight 100, active
              1.2.3.4->20.0.0.2 8080  weight 100, active
            [1] cnat translation add proto UDP vip 30::2 53 to ->20::1 maglev
              vip, lb maglev of 65537 slots, flow-hash 0x1f (srcaddr,dstaddr,srcport,dstport,iproto), from (commands).cnat:2:1
              ->20::1  weight 100, active

            """,
            gateway.Ask("cnat", "show cnat translation").Output);
        Assert.Equal(new CommandRun(ExitCode.Done, "", ""), gateway.Ask("cnat", "cnat translation del 0"));
        Assert.Equal("no translation has the id 0\n", gateway.Ask("cnat", "show cnat translation 0").Output);
        Assert.Equal(["cnat-1"], gateway.Composed.Config!.Translations.Select(translation => translation.Name));
    }

    [Fact]
    public void A_wrong_command_is_refused_at_its_word_and_changes_nothing()
    {
        CommandRun run = gateway.Ask("cnat", "cnat translatoin add vip 30.0.0.2");
        Assert.Equal(new CommandRun(ExitCode.BadInput, "", "command:1:6: Syntax: 'translatoin' is not known here; did you mean 'translation'?\n"), run);
        Assert.Equal(1, gateway.Composed.InForce!.Generation);

        run = gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80 to ->eth9 80");
        Assert.Equal((ExitCode.BadInput, "command:1:43: NoSuchLink: Translation 'cnat-0': no link is named 'eth9'\n"), (run.Code, run.Error));
        Assert.Equal(1, gateway.Composed.InForce!.Generation);
    }

    [Fact]
    public void Without_a_gateway_the_exit_code_says_so() =>
        Assert.Equal(ExitCode.Unreachable, CommandRun.Of("cnat", "show cnat translation", "--socket", Path.Combine(gateway.Folder, "none.sock")).Code);

    [Fact]
    public void Lines_of_standard_input_are_done_one_after_the_other()
    {
        using var input = new StringReader("# two virtual IPs\ncnat translation add vip 30.0.0.2 80\n\ncnat translatoin\ncnat translation add vip 30.0.0.3 80\n");
        CommandRun run = CommandRun.Of(input, ["cnat", "--socket", gateway.Door]);
        Assert.Equal((ExitCode.BadInput, "translation 0 is added\ntranslation 1 is added\n"), (run.Code, run.Output));
        Assert.Equal("command:1:6: Syntax: 'translatoin' is not known here; did you mean 'translation'?\n", run.Error);
    }

    [Fact]
    public void Several_lines_in_one_word_are_done_together()
    {
        CommandRun run = gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80\nshow cnat client");
        Assert.Equal((ExitCode.Done, "translation 0 is added\n30.0.0.2  exclusive, translations 1, realm default\n1 client\n"), (run.Code, run.Output));
        Assert.Equal(2, gateway.Composed.InForce!.Generation);
    }

    [Fact]
    public void Sessions_are_shown_by_filter()
    {
        gateway.Send("10.0.0.2", "10.0.0.3");
        Assert.Equal("2 sessions\n  tcp established 0, tcp transitory 0, udp 2, icmp 0, other 0\n", gateway.Ask("cnat", "show cnat session").Output);
        string[] lines = gateway.Ask("cnat", "show cnat session ip 10.0.0.3 return verbose 2").Output.Split('\n');
        Assert.Matches(@"^\[\d+\] udp 10\.0\.0\.3:5000 -> 192\.168\.50\.2:53 as 203\.0\.113\.1:\d+ -> 192\.168\.50\.2:53  open, ends in [\d.]+ s, peering p, one expose 1 \(masquerade\)$", lines[0]);
        Assert.Matches(@"^\[\d+\] udp 192\.168\.50\.2:53 -> 203\.0\.113\.1:\d+ as 192\.168\.50\.2:53 -> 10\.0\.0\.3:5000  return$", lines[1]);
        Assert.Matches(@"^  one to two, age [\d.]+ s, idle [\d.]+ s, 1 packets 29 bytes, return 0 packets 0 bytes$", lines[2]);
        Assert.Equal(["1 shown of 2 sessions", ""], lines[3..]);
        Assert.Equal("0 shown of 2 sessions\n", gateway.Ask("cnat", "show cnat session fib 0").Output);
        Assert.Equal("0 shown of 2 sessions\n", gateway.Ask("cnat", "show cnat session ref 1").Output);
        Assert.EndsWith("1 shown of 2 sessions\n", gateway.Ask("cnat", "show cnat session max 1").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_of_sessions_are_shown()
    {
        gateway.Send("10.0.0.2");
        Assert.Equal("1 session, room for 1000\n", gateway.Ask("cnat", "show cnat timestamp").Output);
        Assert.Matches(@"^\[\d+\] last seen [\d.]+ s ago, lifetime [\d.]+ s, refs 2\n1 session, room for 1000\n$", gateway.Ask("cnat", "show cnat timestamp verbose").Output);
        Assert.Contains("\n  return 192.168.50.2:53 -> ", gateway.Ask("cnat", "show cnat timestamp verbose 2").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_means_nothing_here_is_done_with_a_notice()
    {
        CommandRun run = gateway.Ask("cnat", "test cnat scanner on");
        Assert.Equal(new CommandRun(ExitCode.Done, "", "command:1:1: warning: Ignored: 'test cnat scanner' has no effect: sessions end when they are due\n"), run);
        Assert.Equal(1, gateway.Composed.InForce!.Generation);
    }

    [Fact]
    public void Json_is_what_the_gateway_says()
    {
        CommandRun run = gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80", "--json");
        using JsonDocument said = JsonDocument.Parse(run.Output);
        JsonElement command = said.RootElement.GetProperty("commands")[0];
        Assert.Equal(("added", 0, 2), (command.GetProperty("result").GetString(), command.GetProperty("id").GetInt32(), said.RootElement.GetProperty("generation").GetInt32()));
    }

    [Fact]
    public void The_gateways_own_files_read_again_leave_commands_in_force_and_apply_takes_them_away()
    {
        gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80");
        string file = Path.Combine(gateway.Folder, "gw.yaml");
        Assert.True(gateway.Reloader.Reread(ConfigTexts.Read([file]), "its files").Accepted);
        Assert.Single(gateway.Composed.Config!.Translations);

        CommandRun run = gateway.Ask("apply", file);
        Assert.Contains("- Translation cnat-0  ((commands).cnat:1:1)", run.Output, StringComparison.Ordinal);
        Assert.Empty(gateway.Composed.Config!.Translations);
        Assert.Equal("translation 1 is added\n", gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80").Output);
    }

    [Fact]
    public void Commands_are_judged_together_with_the_documents_in_force()
    {
        gateway.Ask("apply", gateway.FileOf("next.yaml", RunningGateway.Small + """
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Translation
            metadata: { name: web }
            spec: { address: 30.0.0.2, port: 80, backends: [{ address: 20.0.0.1 }] }

            """));
        CommandRun run = gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith("command:1:26: DuplicateAddress: Translation 'cnat-0': 'web' translates the same address, protocol and port", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("[web] cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1\n", gateway.Ask("cnat", "show cnat translation").Output, StringComparison.Ordinal);
    }
}
