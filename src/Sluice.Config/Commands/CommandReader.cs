using System.Globalization;

namespace Sluice.Config.Commands;

/// <summary>What a command is about.</summary>
public enum CommandKind : byte
{
    /// <summary>Nothing that could be read, or nothing that there is here.</summary>
    None,

    /// <summary>A question: it changes nothing.</summary>
    Question,

    /// <summary>A translation is added, changed or deleted.</summary>
    Translation,

    /// <summary>Source NAT, or what holds for all of it.</summary>
    Setting,

    /// <summary>Sessions and translations are to go.</summary>
    Purge,
}

/// <summary>Reads commands of both generations by their first words, each of which its beginning stands for where that is unique.</summary>
internal sealed class CommandReader(CommandState state, Problems problems)
{
    private CommandKind kind;

    /// <summary>What is to know how a command could go on; null: nobody.</summary>
    public Probe? Probe { get; init; }

    /// <summary>Reads a whole text.</summary>
    public void Read(string file, string text)
    {
        state.Begin(new Place(file, 1, 1));
        CommandText.Cut(file, text, problems, line => Read(line));
    }

    /// <summary>Finds the ids that lines ask for, so that lines which ask for none don't get them.</summary>
    public static void Reserve(string text, CommandState state)
    {
        if (!text.Contains(" id ", StringComparison.Ordinal)) return;
        CommandText.Cut("", text, new Problems(), line =>
        {
            for (int i = 1; i < line.Count; i++)
                if (line[i - 1].Text == "id" && line[i].IsDigits && int.TryParse(line[i].Text, NumberStyles.None, CultureInfo.InvariantCulture, out int id)) state.Reserve(id);
        });
    }

    /// <summary>Reads one command.</summary>
    /// <returns>What kind of command it is, as far as that could be read.</returns>
    public CommandKind Read(IReadOnlyList<Word> line)
    {
        problems.Document(line[0].Place, null, null);
        kind = CommandKind.None;
        ReadLine(line);
        return kind;
    }

    private void ReadLine(IReadOnlyList<Word> line)
    {
        Words words = new(line, problems, Probe);
        if (words.TryTake("ex_ctl", isOffered: false))
        {
            // A shell's alias that is part of the old document's examples; the name behind it is a container's.
            words.Ignore(line[0].Place, "'ex_ctl NAME' is passed over: it is no part of the command");
            if (words.Require("a name") is null) return;
        }

        if (words.TryTake("cant", isOffered: false))
        {
            words.Ignore(line[0].Place, "'cant' is taken as 'cnat'");
            ReadCnat(words);
            return;
        }

        switch (words.Choose("cnat", "set", "show", "test"))
        {
            case "cnat":
                ReadCnat(words);
                break;
            case "set":
                ReadSet(words);
                break;
            case "show" when words.Choose("cnat") is not null:
                Ask(words);
                break;
            case "test" when words.Choose("cnat") is not null:
                ReadTest(words);
                break;
        }
    }

    private void ReadCnat(Words words)
    {
        if (!words.AtEnd && words.Peek.Text == "{")
        {
            kind = CommandKind.Setting;
            StartupSection.Read(words, state);
            return;
        }

        switch (words.Choose("translation", "snat", "show", "client", "purge", "log"))
        {
            case "translation":
                kind = CommandKind.Translation;
                TranslationCommand.Read(words, state);
                break;
            case "snat":
                kind = CommandKind.Setting;
                SourceNatCommands.ReadOld(words, state.SourceNat);
                break;
            case "show":
                Ask(words);
                break;
            case "client":
                ReadClient(words);
                break;
            case "purge" when words.ExpectEnd():
                kind = CommandKind.Purge;
                state.Purge();
                if (!state.IsRunning) words.Ignore(words.Place, "'cnat purge' takes back the translations above it; sessions that the rest allows are kept");
                break;
            case "log":
                ReadLog(words);
                break;
        }
    }

    private void Ask(Words words)
    {
        kind = CommandKind.Question;
        QuestionReader.Read(words, state);
    }

    private void ReadSet(Words words)
    {
        kind = CommandKind.Setting;
        switch (words.Choose("cnat", "interface"))
        {
            case "interface" when words.Choose("feature") is not null:
                FeatureCommands.ReadInterface(words, state.SourceNat);
                break;
            case "cnat":
                switch (words.Choose("feature", "snat-policy"))
                {
                    case "feature":
                        FeatureCommands.ReadBundle(words, state.SourceNat);
                        break;
                    case "snat-policy":
                        SourceNatCommands.ReadPolicy(words, state.SourceNat);
                        break;
                }

                break;
        }
    }

    private static void ReadClient(Words words)
    {
        if (words.Choose("add") is null || words.Require("a prefix") is not { } prefix || words.Prefix(prefix) is null) return;
        while (!words.AtEnd)
        {
            Word word = words.Take();
            if (word.Text is "return" or "snat" or "exclusive" or "no-client") continue;
            if (word.Text is not ("fib" or "fwd-fib"))
            {
                words.Unknown(word, "fib", "fwd-fib", "return", "snat", "exclusive", "no-client");
                return;
            }

            if (words.Number("a table", 0, int.MaxValue) is null) return;
        }

        words.Ignore(words.Place, "'cnat client add' has no effect: addresses need no entries of their own");
    }

    private static void ReadLog(Words words)
    {
        while (!words.AtEnd)
        {
            Word word = words.Take();
            if (word.Text is "enable" or "disable") continue;
            if (word.Text != "ip")
            {
                words.Unknown(word, "enable", "disable", "ip");
                return;
            }

            if (QuestionReader.Address(words) is null) return;
        }

        words.Ignore(words.Place, "'cnat log' has no effect: 'sluice sessions watch' tells of sessions as they begin and end");
    }

    private void ReadTest(Words words)
    {
        switch (words.Choose("scanner", "maglev"))
        {
            case "scanner":
                if (!words.AtEnd && words.Choose("on", "off") is null) return;
                if (words.ExpectEnd()) words.Ignore(words.Place, "'test cnat scanner' has no effect: sessions end when they are due");
                break;
            case "maglev":
                kind = CommandKind.Question;
                QuestionReader.ReadMaglev(words, state);
                break;
        }
    }
}
