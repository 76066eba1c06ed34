using System.Text;
using Xunit;

namespace Sluice.Config.Tests.Commands;

/// <summary>Damaged command files are refused with a place or accepted; nothing throws.</summary>
public class CommandFuzzTests
{
    private static readonly string[] Words =
    [
        "cnat", "cant", "set", "show", "test", "ex_ctl", "translation", "snat", "snat-policy", "with", "exclude", "add", "del", "proto", "TCP", "SCTP", "vip", "real", "to", "noclient", "default", "maglev",
        "30.0.0.2", "80", "->20.0.0.1", "1.2.3.4->20.0.0.1", "8080:nonat", "->", ":nonat", "30::1", "->20::1:nonat", "v6", "tap0", "tap0->tap1", "0", "65536", "99999999999999999999", "-1", "20::/100", "10.0.0.0/33",
        "addr", "if", "prefix", "none", "if-pfx", "k8s", "dnat", "dnat-only", "table", "include-v4", "host", "src", "rw", "fib", "rfib", "feature", "interface", "arc", "ip6-unicast", "ip6-cnat-snat", "enable", "disable",
        "{", "}", "session-max-age", "tcp-max-age", "maglev-len", "1009", "scanner", "on", "session", "verbose", "ip", "port", "ref", "max", "client", "purge", "log", "#", "\n", "\n", "\r", "\t", "\0", "\ud800", "\u2028", "%s", "'",
    ];

    private static readonly string Seed = """
        cnat { session-max-age 60 tcp-max-age 3600 maglev-len 1009 }
        cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1 8080 to 1.2.3.4 7->20.0.0.3:nonat maglev
        cnat translation add proto UDP real tap0 v6 53 to tap1 v6->20::1 5353 noclient
        cnat translation del 0
        cnat snat with 30::1
        cnat snat exclude 20::/100
        set cnat snat-policy addr 198.51.100.1 wan fib 0 rfib 0
        set cnat snat-policy prefix 10.0.0.0/8 src rw 192.0.2.0
        set cnat snat-policy if table k8s tap0
        set cnat snat-policy k8s
        set interface feature tap0 ip6-cnat-snat arc ip6-unicast
        set cnat feature tap1
        show cnat session verbose 2 ip 10.0.0.1 proto TCP

        """;

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    public void Mutated_files_never_throw(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 3000; round++)
        {
            StringBuilder text = new(Seed);
            for (int cuts = random.Next(1, 6); cuts > 0; cuts--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at - 1));
                        break;
                    case 1:
                        text.Insert(at, Words[random.Next(Words.Length)] + (random.Next(2) == 0 ? " " : ""));
                        break;
                    case 2:
                        text[at] = (char)random.Next(1, 256);
                        break;
                    default:
                        text.Insert(at, Seed.AsSpan(random.Next(Seed.Length / 2), random.Next(60)));
                        break;
                }
            }

            Judge(text.ToString(), seed, round);
        }
    }

    [Theory]
    [InlineData(203)]
    public void Random_words_never_throw(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 10_000; round++)
        {
            StringBuilder text = new();
            for (int words = random.Next(1, 30); words > 0; words--) text.Append(Words[random.Next(Words.Length)]).Append(random.Next(8) == 0 ? "" : " ");
            Judge(text.ToString(), seed, round);
        }
    }

    // What is accepted can be written and read again as well.
    private static void Judge(string text, int seed, int round)
    {
        try
        {
            LoadResult result = CommandSamples.Load(text);
            Assert.Equal(result.Set is null, result.Problems.Any(problem => problem.IsError));
            Assert.All(result.Problems, problem => Assert.True(problem.Place.Line > 0 && problem.Place.Column > 0 && problem.Message.Length > 0, problem.ToString()));
            if (result.Set is { } set) CommandPrinterTests.ComesBack(set);
        }
        catch (Exception failure)
        {
            Assert.Fail($"seed {seed} round {round}: {failure}\n{text}");
        }
    }
}
