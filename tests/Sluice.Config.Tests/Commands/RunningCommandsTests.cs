using Sluice.Config.Commands;
using Xunit;

namespace Sluice.Config.Tests.Commands;

/// <summary>Commands for a running gateway stand behind its files, one done after the other.</summary>
public class RunningCommandsTests
{
    private const string Files = "cnat translation add vip 30.0.0.2 80 to ->20.0.0.1 8080\ncnat translation add vip 30.0.0.3 80\n";

    private readonly Fake gateway = new(Files);

    [Fact]
    public void A_translation_gets_the_next_id_and_keeps_it()
    {
        CommandStep added = Assert.Single(gateway.Do("cnat translation add proto UDP vip 30.0.0.2 53 to ->20.0.0.1").Steps);
        Assert.Equal((2, false, true), (added.Id, added.WasThere, added.Changes));
        Assert.Equal(["cnat translation add proto UDP vip 30.0.0.2 53 to ->20.0.0.1 id 2"], gateway.Lines);
        Assert.Equal(3, Assert.Single(gateway.Do("cnat translation add vip 30.0.0.9 80").Steps).Id);
        Assert.Equal(["cnat-0", "cnat-1", "cnat-2", "cnat-3"], gateway.Names);
    }

    [Fact]
    public void An_id_is_not_used_again()
    {
        gateway.Do("cnat translation add vip 30.0.0.9 80");
        gateway.Do("cnat translation del 2");
        Assert.Empty(gateway.Lines);
        Assert.Equal(3, Assert.Single(gateway.Do("cnat translation add vip 30.0.0.9 80").Steps).Id);
    }

    [Fact]
    public void The_same_address_protocol_and_port_again_is_a_change_under_the_same_id()
    {
        gateway.Do("cnat translation add vip 30.0.0.9 80 to ->20.0.0.1");
        CommandStep changed = Assert.Single(gateway.Do("cnat tr add vip 30.0.0.9 80 to ->20.0.0.2 maglev").Steps);
        Assert.Equal((2, true), (changed.Id, changed.WasThere));
        Assert.Equal(["cnat tr add vip 30.0.0.9 80 to ->20.0.0.2 maglev id 2"], gateway.Lines);
    }

    [Fact]
    public void A_translation_of_a_file_is_changed_under_its_id_and_found_by_what_it_translates()
    {
        CommandStep changed = Assert.Single(gateway.Do("cnat translation add vip 30.0.0.2 80 to ->20.0.0.7").Steps);
        Assert.Equal((0, true), (changed.Id, changed.WasThere));
        gateway.Do("cnat translation add vip 30.0.0.2 80 to ->20.0.0.8");
        Assert.Equal(["cnat translation add vip 30.0.0.2 80 to ->20.0.0.8"], gateway.Lines);
        Assert.Equal("20.0.0.8", gateway.Set.Translations.Single(t => t.Name == "cnat-0").Backends[0].Address.ToString());
    }

    [Fact]
    public void A_translation_of_a_file_is_deleted_until_the_files_are_read_again()
    {
        Assert.True(Assert.Single(gateway.Do("cnat translation del 0").Steps).Changes);
        Assert.Equal(["cnat-1"], gateway.Names);
        gateway.Do("cnat translation add vip 30.0.0.9 80");
        gateway.Reread(Files);
        Assert.Equal(["cnat-0", "cnat-1", "cnat-2"], gateway.Names);
    }

    [Fact]
    public void Files_that_grow_leave_the_ids_of_commands_alone()
    {
        gateway.Do("cnat translation add vip 30.0.0.9 80");
        gateway.Reread(Files + "cnat translation add vip 30.0.0.4 80\n");
        Assert.Equal(["cnat-0 30.0.0.2", "cnat-1 30.0.0.3", "cnat-2 30.0.0.9", "cnat-3 30.0.0.4"], gateway.Set.Translations.Select(t => $"{t.Name} {t.Address}"));
    }

    [Fact]
    public void A_translation_that_somebody_wrote_into_a_file_is_the_one_that_a_command_had_added()
    {
        gateway.Do("cnat translation add vip 30.0.0.8 80\ncnat translation add vip 30.0.0.9 80 to ->20.0.0.2");
        gateway.Reread(Files + "cnat translation add vip 30.0.0.9 80 to ->20.0.0.1\n");
        Assert.Equal(["cnat-0 30.0.0.2", "cnat-1 30.0.0.3", "cnat-2 30.0.0.8", "cnat-3 30.0.0.9"], gateway.Set.Translations.Select(t => $"{t.Name} {t.Address}"));
        Assert.Equal("20.0.0.2", gateway.Set.Translations[3].Backends[0].Address.ToString());
        gateway.Do("cnat translation del 3");
        Assert.Equal(["cnat-0", "cnat-1", "cnat-2"], gateway.Names);

        // What was written down by 'show config -o cnat' has its id in the file.
        gateway.Reread(Files + "cnat translation add vip 30.0.0.8 80 id 2\n");
        Assert.Equal(["cnat-0", "cnat-1", "cnat-2"], gateway.Names);
    }

    [Fact]
    public void Deleting_what_is_absent_changes_nothing()
    {
        CommandPlan plan = gateway.Do("cnat translation del 7");
        Assert.False(Assert.Single(plan.Steps).Changes);
        Assert.Null(plan.Texts);
        Assert.Equal("no translation has the id 7", Assert.Single(plan.Problems).Message);
    }

    [Fact]
    public void Purge_takes_every_translation_of_commands_back()
    {
        gateway.Do("cnat translation add vip 30.0.0.9 80");
        gateway.Do("cnat purge");
        Assert.Empty(gateway.Names);
        Assert.Equal(["cnat purge"], gateway.Lines);
        gateway.Do("cnat translation add vip 30.0.0.2 80");
        Assert.Equal(["cnat-3"], gateway.Names);
    }

    [Fact]
    public void Lines_of_one_command_are_done_together_or_not_at_all()
    {
        CommandPlan plan = gateway.Do("cnat translation add vip 30.0.0.9 80\ncnat translation add vip 30.0.0.10 80\ncnat translation del 2");
        Assert.Equal([2, 3, null], plan.Steps.Select(step => step.Id));
        Assert.Equal(["cnat-0", "cnat-1", "cnat-3"], gateway.Names);

        CommandPlan wrong = gateway.Do("cnat translation del 0\n  cnat translation ad vip 30.0.0.11 80");
        Assert.Null(wrong.Texts);
        Assert.Equal("command:2:20: Syntax: 'ad' is not known here; did you mean 'add'?", Assert.Single(wrong.Problems).ToString());
        Assert.Equal(["cnat-0", "cnat-1", "cnat-3"], gateway.Names);
    }

    [Fact]
    public void A_later_line_of_source_NAT_takes_the_place_of_what_stood_above_it()
    {
        gateway.Do("set cnat snat-policy addr 198.51.100.1 30::1\nset cnat snat-policy if-pfx\nset cnat snat-policy prefix 10.0.0.0/8\nset cnat feature tap0");
        gateway.Do("set cnat snat-policy addr 198.51.100.2");
        gateway.Do("set cnat snat-policy k8s");
        gateway.Do("set cnat snat-policy prefix 10.0.0.0/8 del");
        Documents.SourceNatDocument source = Assert.Single(gateway.Set.SourceNats);
        Assert.Equal(["30::1", "198.51.100.2"], source.Addresses.Select(range => range.First.ToString()));
        Assert.Equal(Documents.SourceNatPolicy.K8s, source.Policy);
        Assert.Empty(source.Exclude);
        Assert.DoesNotContain("set cnat snat-policy prefix 10.0.0.0/8", gateway.Lines);
    }

    [Fact]
    public void Repeated_settings_leave_one_line()
    {
        for (int i = 0; i < 5; i++)
        {
            gateway.Do("set cnat feature tap0 disable");
            gateway.Do("set cnat feature tap0 enable");
        }

        Assert.Equal(["set cnat feature tap0 enable"], gateway.Lines);
    }

    [Fact]
    public void Settings_that_later_ones_replace_leave_no_line()
    {
        gateway.Do("set cnat snat-policy addr tap0\nset cnat feature tap0");
        for (int i = 1; i < 5; i++)
        {
            gateway.Do($"set cnat snat-policy addr 198.51.100.{i}\nset cnat snat-policy addr 30::{i}");
            gateway.Do($"set cnat snat-policy k8s\nset cnat snat-policy {(i % 2 == 0 ? "none" : "if-pfx")}");
            gateway.Do($"set cnat snat-policy prefix 10.0.0.0/8 rw 10.{i}.0.0\nset cnat snat-policy prefix 10.0.0.0/8{(i % 2 == 0 ? " del" : "")}");
            gateway.Do($"set cnat snat-policy if table host tap0{(i % 2 == 0 ? " del" : "")}");
            gateway.Do($"cnat {{ session-max-age 30{i} tcp-max-age 744{i} }}\ncnat {{ tcp-max-age 745{i} }}");
        }

        // Links stand for addresses of both families, so what takes their place for one family alone leaves the line in force.
        string[] expected =
        [
            "set cnat snat-policy addr tap0", "set cnat feature tap0", "set cnat snat-policy addr 198.51.100.4", "set cnat snat-policy addr 30::4", "set cnat snat-policy none",
            "set cnat snat-policy prefix 10.0.0.0/8 del", "set cnat snat-policy if table host tap0 del", "cnat { session-max-age 304 tcp-max-age 7444 }", "cnat { tcp-max-age 7454 }",
        ];
        Assert.Equal(expected, gateway.Lines);
    }

    [Fact]
    public void What_has_no_effect_is_not_kept()
    {
        CommandPlan plan = gateway.Do("cnat { session-db-buckets 1024 scanner off }\nset interface feature tap0 cnat-lookup-ip4 arc ip4-unicast\ncnat log enable");
        Assert.Null(plan.Texts);
        Assert.Equal(4, plan.Problems.Length);
        Assert.All(plan.Problems, static problem => Assert.Equal(ConfigRule.Ignored, problem.Rule));
    }

    [Fact]
    public void A_question_changes_nothing()
    {
        CommandPlan plan = gateway.Do("show cnat session ip 10.0.0.1 # why?");
        Assert.Null(plan.Texts);
        CommandStep step = Assert.Single(plan.Steps);
        Assert.Equal((CommandKind.Question, false, "show cnat session ip 10.0.0.1"), (step.Kind, step.Changes, step.Question?.Text));
    }

    [Fact]
    public void What_the_whole_configuration_says_is_told_at_the_words_of_the_command()
    {
        gateway.Do("cnat translation add vip 30.0.0.9 80");
        CommandPlan plan = RunningCommands.Plan(gateway.Set, gateway.Texts, 0, "\n   cnat   translation add real   lan0 id 9 80");
        Assert.NotEmpty(plan.Problems);
        plan = RunningCommands.Plan(gateway.Set, gateway.Texts, 0, "\n   cnat   translation add real   30.0.0.12 80  to   ->eth9 80");
        LoadResult loaded = ConfigLoader.LoadTexts([.. plan.Texts!.Texts.Select(text => (text.Name, text.Text)), ("gw.yaml", Gateway)], allowUnsupported: true);
        ConfigError told = plan.Told(Assert.Single(loaded.Problems, problem => problem.IsError))!;
        Assert.Equal("command:2:55: NoSuchLink: Translation 'cnat-3': no link is named 'eth9'", told.ToString());
    }

    [Fact]
    public void An_id_that_a_line_asks_for_is_kept_for_it()
    {
        ConfigSet set = CommandSamples.Accepted("cnat translation add vip 30.0.0.2 80\ncnat translation add vip 30.0.0.3 80\ncnat translation add vip 30.0.0.4 80 id 1");
        Assert.Equal(["cnat-0 30.0.0.2", "cnat-1 30.0.0.4", "cnat-2 30.0.0.3"], set.Translations.Select(t => $"{t.Name} {t.Address}"));
        Assert.Equal(3, set.NextCommandId);
        Assert.Equal("another translation has the id 1", CommandSamples.Error("cnat translation add vip 30.0.0.2 80 id 1\ncnat translation add vip 30.0.0.3 80 id 1").Message);
    }

    private const string Gateway = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links: [{ name: lan0, driver: tun, addresses: [10.0.0.1/24] }]
        """;

    // What a gateway does with a plan.
    private sealed class Fake
    {
        private int nextId;

        public Fake(string files) => Take(new ConfigTexts([new ConfigText("t.cnat", files)], []));

        public ConfigTexts Texts { get; private set; } = new([], []);

        public ConfigSet Set { get; private set; } = CommandSamples.Accepted("");

        public string[] Lines => Texts.Texts.FirstOrDefault(text => text.Name == RunningCommands.FileName)?.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

        public IEnumerable<string> Names => Set.Translations.Select(translation => translation.Name);

        public CommandPlan Do(string commands)
        {
            CommandPlan plan = RunningCommands.Plan(Set, Texts, nextId, commands);
            nextId = plan.NextId;
            if (plan.Texts is { } texts) Take(texts);
            return plan;
        }

        public void Reread(string files) => Take(RunningCommands.Keep(new ConfigTexts([new ConfigText("t.cnat", files)], []), Texts));

        private void Take(ConfigTexts texts)
        {
            LoadResult loaded = ConfigLoader.LoadTexts(texts.Texts.Select(text => (text.Name, text.Text)), allowUnsupported: true);
            Assert.True(loaded.Set is not null, Samples.Show(loaded.Problems));
            (Texts, Set) = (texts, loaded.Set);
        }
    }
}
