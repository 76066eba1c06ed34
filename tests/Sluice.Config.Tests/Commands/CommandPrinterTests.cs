using System.Globalization;
using Sluice.Config.Commands;
using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

/// <summary>What is written as command lines asks for the same when it is read again.</summary>
public class CommandPrinterTests
{
    [Fact]
    public void Both_generations_are_written_as_the_current_one() => Assert.Equal(
        """
        cnat { session-max-age 60 tcp-max-age 3600 maglev-len 1009 }
        cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1 8080
        cnat translation add proto UDP real tap0 v6 53 to 7->tap1 v6 5353:nonat to 20::9->20::1 to 20::9->20::1 noclient maglev
        cnat translation add proto SCTP vip 30.0.0.3 to ->20.0.0.1
        set cnat snat-policy addr 30::1
        set cnat snat-policy addr wan
        set cnat snat-policy prefix 20::/100
        set cnat snat-policy prefix 10.0.0.0/8 src rw 192.0.2.0
        set cnat snat-policy if table include-v4 p1
        set cnat snat-policy if table k8s p2
        set cnat snat-policy k8s
        set cnat feature p1
        set interface feature tap0 cnat-snat-ip4 arc ip4-unicast
        set interface feature tap1 cnat-snat-ip6 arc ip6-unicast
        """.ReplaceLineEndings("\n"),
        string.Join('\n', CommandPrinter.Print(Accepted("""
            cnat { session-max-age 60 session-db-buckets 9 tcp-max-age 3600 maglev-len 1009 }
            set interface feature tap1 ip6-cnat-snat arc ip6-unicast
            set interface feature tap0 ip4-cnat-snat arc ip4-unicast
            set cnat feature p1 enable
            cnat translation vip 30.0.0.2 80 to ->20.0.0.1 8080
            cnat translation add maglev proto udp real tap0 v6 53 to 7->tap1 v6 5353:nonat to 20::9->20::1 0 to 20::9->20::1 noclient
            cnat translation add proto SCTP vip 30.0.0.3 0 to ->20.0.0.1
            cnat snat with 30::1
            cnat snat with wan
            cnat snat exclude 20::/100
            set cnat snat-policy k8s
            set cnat snat-policy prefix 10.0.0.0/8 rw 192.0.2.0 src
            set cnat snat-policy if p1
            set cnat snat-policy if table k8s p2
            show cnat translation
            """))));

    [Fact]
    public void What_commands_ask_for_is_written_without_documents_and_under_its_ids()
    {
        const string document = "apiVersion: sluice.dev/v1alpha1\nkind: Translation\nmetadata: { name: cnat-9 }\nspec: { address: 30.0.0.9, port: 80 }";
        ConfigSet set = Accepted("cnat translation add vip 30.0.0.2 80\ncnat translation add vip 30.0.0.3 80 to ->20.0.0.1 id 7\ncnat translation del 0", document);
        Assert.Equal(["cnat translation add proto TCP vip 30.0.0.3 80 to ->20.0.0.1 id 7"], CommandPrinter.PrintCommands(set));
        Assert.Empty(CommandPrinter.PrintCommands(Accepted("", document)));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    public void What_is_written_and_read_again_asks_for_the_same(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 500; round++)
        {
            string commands = Commands(random);
            LoadResult result = Load(commands);
            Assert.True(result.Set is not null, $"seed {seed} round {round}: {Samples.Show(result.Problems)}\n{commands}");
            ComesBack(result.Set);
        }
    }

    [Fact]
    public void What_commands_have_no_words_for_is_a_comment_and_asks_for_nothing()
    {
        ConfigSet set = Samples.Accepted("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec: { realms: [{ name: red }] }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Translation
            metadata: { name: web }
            spec: { realm: red, address: 30.0.0.2, port: "80-81", affinity: { by: clientAddress }, onRemove: drain, loadBalancing: { hashFields: [srcAddr] },
                    backends: [{ address: 20.0.0.1, port: "90-91", weight: 5, state: draining }] }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: SourceNat
            metadata: { name: leaving }
            spec: { addresses: [198.51.100.0/30], include: [10.0.0.0/8] }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: SourceNat
            metadata: { name: second }
            spec: { addresses: [198.51.100.9], links: [] }
            """);
        var lines = CommandPrinter.Print(set);
        Assert.All(lines, line => Assert.StartsWith("# ", line, StringComparison.Ordinal));
        foreach (string unsaid in new[] { "realm 'red'", "ports 80-81", "affinity", "hashed", "onRemove", "weight 5", "draining", "ports 90-91", "all links", "include", "198.51.100.0-198.51.100.3", "'second'" })
            Assert.Contains(lines, line => line.Contains(unsaid, StringComparison.Ordinal));
    }

    internal static void ComesBack(ConfigSet set)
    {
        string printed = string.Join('\n', CommandPrinter.Print(set));
        LoadResult again = Load(printed);
        Assert.True(again.Set is not null, $"{printed}\n{Samples.Show(again.Problems)}");
        Assert.Equal(Decides(set), Decides(again.Set));
        Assert.Equal(printed, string.Join('\n', CommandPrinter.Print(again.Set)));
    }

    // A profile that nothing names asks for nothing.
    private static string[] Decides(ConfigSet set) =>
        set.Translations.IsEmpty && set.SourceNats.IsEmpty ? [] : Asked(set);

    private static string Commands(Random random)
    {
        List<string> lines = [];
        if (random.Next(2) == 0) lines.Add($"cnat {{ session-max-age {random.Next(1, 9999)}{(random.Next(2) == 0 ? $" tcp-max-age {random.Next(1, 9999)}" : "")} maglev-len 1009 }}");
        int translations = random.Next(5);
        for (int i = 0; i < translations; i++) lines.Add(TranslationLine(random, i));
        if (random.Next(3) == 0 && translations > 0) lines.Add($"cnat translation del {random.Next(translations)}");
        if (random.Next(4) > 0) AddSourceNat(random, lines);
        return string.Join('\n', lines);
    }

    private static string TranslationLine(Random random, int number)
    {
        bool v6 = random.Next(2) == 0;
        int port = random.Next(3) == 0 ? 0 : 80 + number;
        bool isReal = random.Next(2) == 0;
        string virtualEnd = isReal && random.Next(2) == 0 ? string.Create(CultureInfo.InvariantCulture, $"tap{number}{(v6 ? " v6" : "")}") : string.Create(CultureInfo.InvariantCulture, $"{(v6 ? "30::" : "30.0.0.")}{number + 1}");
        string line = $"cnat translation add proto {Pick(random, "TCP", "UDP", "SCTP")} {(isReal ? "real" : "vip")} {virtualEnd}{(port == 0 ? "" : $" {port}")}";
        for (int backends = random.Next(4); backends > 0; backends--)
        {
            string source = Pick(random, "", "", "7", End(random, v6), $"{End(random, v6)} 9");
            string destination = port == 0 || random.Next(2) == 0 ? End(random, v6) : Pick(random, "8081", $"{End(random, v6)} 8080");
            string tuple = $" to {source}->{destination}{(destination == "8081" ? "" : Pick(random, "", "", ":nonat"))}";
            line += string.Concat(Enumerable.Repeat(tuple, random.Next(1, 3)));
        }

        return line + Pick(random, "", " noclient") + Pick(random, "", " maglev", " default");
    }

    private static void AddSourceNat(Random random, List<string> lines)
    {
        lines.Add(Pick(random, "cnat snat with 198.51.100.1", "cnat snat with 30::1", "set cnat snat-policy addr 198.51.100.1 30::1", "set cnat snat-policy addr wan"));
        for (int more = random.Next(8); more > 0; more--)
        {
            lines.Add(Pick(random,
                $"cnat snat exclude 10.{random.Next(9)}.0.0/16", "cnat snat exclude 20::/100", $"set cnat snat-policy prefix 10.{random.Next(9)}.0.0/16 del",
                $"set cnat snat-policy prefix 11.{random.Next(9)}.0.0/16 {Pick(random, "", "src ")}rw 12.0.0.0",
                $"set cnat snat-policy if {Pick(random, "", "table include-v6 ", "table k8s ", "table host ", "del ")}tap{random.Next(3)}",
                $"set cnat feature tap{random.Next(3)}{Pick(random, "", " enable", " disable")}",
                $"set interface feature tap{random.Next(3)} {Pick(random, "ip4-cnat-snat arc ip4-unicast", "cnat-snat-ip6 arc ip6-unicast", "ip6-cnat-snat arc ip6-unicast disable")}"));
        }

        if (random.Next(2) == 0) lines.Add($"set cnat snat-policy {Pick(random, "none", "if-pfx", "k8s", "dnat", "dnat-only")}");
    }

    private static string End(Random random, bool v6) =>
        string.Create(CultureInfo.InvariantCulture, $"{(random.Next(3) == 0 ? $"link{random.Next(3)}{(v6 ? " v6" : "")}" : $"{(v6 ? "20::" : "20.0.0.")}{random.Next(1, 9)}")}");

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
