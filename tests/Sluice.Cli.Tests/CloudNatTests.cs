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
              0 active, 0 new, 0 expired, 0 refused, 0 packets 0 bytes, return 0 packets 0 bytes
              ->20.0.0.1 8080  weight 100, active, share 50 %, 0 active, 0 new, 0 expired, 0 refused, 0 packets 0 bytes, return 0 packets 0 bytes
              1.2.3.4->20.0.0.2 8080  weight 100, active, share 50 %, 0 active, 0 new, 0 expired, 0 refused, 0 packets 0 bytes, return 0 packets 0 bytes
            [1] cnat translation add proto UDP vip 30::2 53 to ->20::1 maglev
              vip, lb maglev of 65537 slots, flow-hash 0x1f (srcaddr,dstaddr,srcport,dstport,iproto), from (commands).cnat:2:1
              0 active, 0 new, 0 expired, 0 refused, 0 packets 0 bytes, return 0 packets 0 bytes
              ->20::1  weight 100, active, share 100 %, 0 active, 0 new, 0 expired, 0 refused, 0 packets 0 bytes, return 0 packets 0 bytes

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
    public void A_section_of_standard_input_goes_on_over_lines()
    {
        using var input = new StringReader("cnat { # times\n  session-max-age 300\n\n  tcp-max-age 7440 }\ncnat translation add vip 30.0.0.2 80\ncnat {\n");
        CommandRun run = CommandRun.Of(input, ["cnat", "--socket", gateway.Door]);
        Assert.Equal((ExitCode.BadInput, "translation 0 is added\n", "command:1:6: Syntax: this '{' has no '}'\n"), (run.Code, run.Output, run.Error));
        Assert.Equal(TimeSpan.FromMinutes(5), gateway.Composed.Config!.ProfileNamed(gateway.Composed.Config.Translations[0].Profile).Timers.Udp);
    }

    [Fact]
    public void Several_lines_in_one_word_are_done_together()
    {
        CommandRun run = gateway.Ask("cnat", "cnat translation add vip 30.0.0.2 80\nshow cnat client");
        Assert.Equal((ExitCode.Done, "translation 0 is added\n30.0.0.2  exclusive, translations 1, sessions 0, realm default\n1 client\n"), (run.Code, run.Output));
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

    [Fact]
    public void Purge_ends_the_sessions_of_translations_and_takes_those_of_commands_back()
    {
        using var node = new RunningGateway("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec:
              links:
                - { name: a, driver: tun, addresses: [10.0.0.1/24] }
                - { name: b, driver: tun, addresses: [192.168.50.1/24] }
            """);
        node.Ask("cnat", "cnat translation add proto UDP vip 192.168.50.2 53 to ->192.168.50.9 5353\ncnat translation add vip 30.0.0.2 80");
        node.Send("10.0.0.2", "10.0.0.3");
        Assert.Contains("\n  ->192.168.50.9 5353  weight 100, active, share 100 %, 2 active, 2 new, 0 expired, 0 refused, 2 packets 58 bytes, return 0 packets 0 bytes\n", node.Ask("cnat", "show cnat translation 0").Output, StringComparison.Ordinal);
        Assert.Contains("192.168.50.2  exclusive, translations 1, sessions 2, realm default\n", node.Ask("cnat", "show cnat client").Output, StringComparison.Ordinal);

        Assert.Equal(new CommandRun(ExitCode.Done, "2 sessions are purged\n", ""), node.Ask("cnat", "cnat purge"));
        Assert.Equal(0, node.Composed.Engine.Store.Count().Total);
        Assert.Equal("no translations\n", node.Ask("cnat", "show cnat translation").Output);
    }

    [Fact]
    public void Purge_leaves_the_sessions_of_peerings()
    {
        gateway.Send("10.0.0.2");
        Assert.Equal(new CommandRun(ExitCode.Done, "0 sessions are purged\n", ""), gateway.Ask("cnat", "cnat purge"));
        Assert.Equal(1, gateway.Composed.Engine.Store.Count().Total);
    }

    [Fact]
    public void A_command_that_ends_sessions_says_how_many()
    {
        using var node = new RunningGateway("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec:
              links:
                - { name: a, driver: tun, addresses: [10.0.0.1/24] }
                - { name: b, driver: tun, addresses: [192.168.50.1/24] }
            """);
        node.Ask("cnat", "cnat translation add proto UDP vip 192.168.50.2 53 to ->192.168.50.9 5353");
        node.Send("10.0.0.2");
        Assert.Equal(new CommandRun(ExitCode.Done, "1 session ended\n", ""), node.Ask("cnat", "cnat translation del 0"));
    }

    [Fact]
    public void Maglev_tables_are_tried()
    {
        string[] lines = gateway.Ask("cnat", "test cnat maglev backends 10 len 1009 rm 1 verbose 1").Output.Split('\n');
        Assert.Matches(@"^1009 slots, 10 backends: \d+ to \d+ slots each, apart by [\d.]+ %; 1 gone, 0 new: [89]\d(\.\d+)? % kept, [\d.]+ % lost, [\d.]+ % moved$", lines[0]);
        Assert.Equal(12, lines.Length);
    }

    [Fact]
    public void Source_NAT_is_asked_for_and_shown()
    {
        gateway.Ask("cnat", "set cnat snat-policy addr 198.51.100.1\nset cnat snat-policy prefix 10.0.0.0/8\nset cnat feature a");
        Assert.Equal(
            """
            [cnat] realm default, policy none, from (commands).cnat:1:1
              set cnat snat-policy addr 198.51.100.1
              set cnat snat-policy prefix 10.0.0.0/8
              set cnat feature a
              0 active, 0 new, 0 expired, 0 refused, 0 packets 0 bytes, return 0 packets 0 bytes

            """,
            gateway.Ask("cnat", "show cnat snat").Output);
        Assert.Equal("198.51.100.1  return-only, source NAT cnat, realm default\n1 client\n", gateway.Ask("cnat", "show cnat client").Output);
        Assert.Equal("input: translations (0), peerings (1)\noutput: source NAT (1)\n", gateway.Ask("cnat", "show cnat feature-hooks").Output);
    }
}
