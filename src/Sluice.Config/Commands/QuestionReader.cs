using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>Reads what follows <c>show cnat</c>, or the old document's <c>cnat show</c>.</summary>
internal static class QuestionReader
{
    private static readonly string[] SessionWords = ["verbose", "return", "ip", "port", "proto", "ref", "max", "fib"];

    public static void Read(Words words, CommandState state)
    {
        CommandQuestion? question = words.Choose("translation", "session", "timestamp", "client", "snat-policy", "feature-hooks") switch
        {
            "translation" => ReadTranslation(words),
            "session" => ReadSession(words),
            "timestamp" => ReadTimestamp(words),
            "client" => new CommandQuestion(QuestionSubject.Clients, words.Place),
            "snat-policy" => new CommandQuestion(QuestionSubject.SourceNat, words.Place),
            "feature-hooks" => new CommandQuestion(QuestionSubject.Hooks, words.Place),
            _ => null,
        };
        if (question is not null && words.ExpectEnd()) state.Questions.Add(question with { Text = words.Text });
    }

    /// <summary>test cnat maglev [tests N] [backends N] [len N] [change N] [rm N] [verbose N].</summary>
    public static void ReadMaglev(Words words, CommandState state)
    {
        MaglevTest test = new(Tests: 1, Backends: 3, Length: 1009, Changed: 0, Removed: 1, Verbosity: 0);
        while (!words.AtEnd)
        {
            MaglevTest? asked = words.Choose("tests", "backends", "len", "change", "rm", "verbose") switch
            {
                "tests" => words.Number("a count", 1, 100) is { } tests ? test with { Tests = tests } : null,
                "backends" => words.Number("a count", 1, 10_000) is { } backends ? test with { Backends = backends } : null,
                "len" => words.Number("the slots of a Maglev table", 2, MaglevTable.MaxSize) is { } length ? test with { Length = length } : null,
                "change" => words.Number("a count", 0, 10_000) is { } changed ? test with { Changed = changed } : null,
                "rm" => words.Number("a count", 0, 10_000) is { } removed ? test with { Removed = removed } : null,
                "verbose" => words.Number("how much", 0, 1) is { } verbosity ? test with { Verbosity = verbosity } : null,
                _ => null,
            };
            if (asked is null) return;
            test = asked;
        }

        state.Questions.Add(new CommandQuestion(QuestionSubject.Maglev, words.Place) { Text = words.Text, Maglev = test });
    }

    /// <summary>An address that must be there.</summary>
    public static IpAddress? Address(Words words)
    {
        if (words.Require("an address") is not { } word) return null;
        if (IpAddress.TryParse(word.Text, out IpAddress address)) return address;
        words.Wrong(word, "an IP address");
        return null;
    }

    private static CommandQuestion? ReadTranslation(Words words)
    {
        CommandQuestion all = new(QuestionSubject.Translations, words.Place);
        if (words.AtEnd) return all;
        return words.Number(Words.TranslationId, 0, int.MaxValue) is { } id ? all with { Id = id } : null;
    }

    private static CommandQuestion? ReadTimestamp(Words words)
    {
        CommandQuestion question = new(QuestionSubject.Timestamps, words.Place);
        if (words.AtEnd) return question;
        if (words.Choose("verbose") is null || Verbosity(words) is not { } verbosity) return null;
        return question with { Verbosity = verbosity };
    }

    private static CommandQuestion? ReadSession(Words words)
    {
        CommandQuestion question = new(QuestionSubject.Sessions, words.Place);
        while (!words.AtEnd)
        {
            CommandQuestion? narrower = words.Choose(SessionWords) switch
            {
                "verbose" => Verbosity(words) is { } verbosity ? question with { Verbosity = Math.Max(verbosity, question.Verbosity) } : null,
                "return" => question with { Return = true },
                "ip" => Address(words) is { } address ? question with { Address = address } : null,
                "port" => words.Number("a port", 0, ushort.MaxValue) is { } port ? question with { Port = (ushort)port } : null,
                "proto" => Protocol(words) is { } protocol ? question with { Protocol = protocol } : null,
                "ref" => words.Number("a count", 0, int.MaxValue) is { } references ? question with { References = references } : null,
                "max" => words.Number("a count", 0, int.MaxValue) is { } max ? question with { Max = max } : null,
                "fib" => Table(words) ? question with { OfDefaultRealm = true } : null,
                _ => null,
            };
            if (narrower is null) return null;
            question = narrower;
            if (question is not { Return: false, OfDefaultRealm: false, Address: null, Port: null, Protocol: null, References: null, Max: CommandQuestion.UsualMax })
                question = question with { Verbosity = Math.Max(1, question.Verbosity) };
        }

        return question;
    }

    // The old document writes it without a number.
    private static int? Verbosity(Words words) => words.AtEnd || !words.Peek.IsDigits ? 1 : words.Number("how much", 0, byte.MaxValue);

    private static bool Table(Words words)
    {
        Place place = words.AtEnd ? words.Place : words.Peek.Place;
        if (words.Number("a table", 0, int.MaxValue) is not { } table) return false;
        if (table == 0) return true;
        words.Problems.Error(place, "", ConfigRule.Forbidden, $"commands speak of the realm '{ConfigSet.DefaultRealm}', which is 'fib 0'; 'sluice sessions list --realm NAME' shows sessions of others");
        return false;
    }

    private static byte? Protocol(Words words)
    {
        words.Offer("TCP", "UDP", "SCTP", "ICMP", "ICMP6");
        if (words.Require("a protocol") is not { } word) return null;
        switch (word.Text.ToUpperInvariant())
        {
            case "TCP":
                return 6;
            case "UDP":
                return 17;
            case "SCTP":
                return 132;
            case "ICMP":
                return 1;
            case "ICMP6" or "ICMPV6":
                return 58;
        }

        if (word.IsDigits && byte.TryParse(word.Text, out byte number)) return number;
        words.Wrong(word, "TCP, UDP, SCTP, ICMP, ICMP6 or a number");
        return null;
    }
}
