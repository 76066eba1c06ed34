using Sluice.Cli.Interactive;
using Sluice.Config.Commands;
using Xunit;

namespace Sluice.Cli.Tests.Interactive;

/// <summary>Keys make lines.</summary>
public class LineEditorTests
{
    [Theory]
    [InlineData("show cnat client{enter}", "show cnat client")]
    [InlineData("shw{left}o{enter}", "show")]
    [InlineData("xshow{home}{del}{end}!{enter}", "show!")]
    [InlineData("showw{back}{enter}", "show")]
    [InlineData("{back}{del}{left}a{right}{right}b{enter}", "ab")]
    [InlineData("one two^Athree ^Efour{enter}", "three one twofour")]
    [InlineData("one two three^W^Wx{enter}", "one x")]
    [InlineData("one two^B^B^K{enter}", "one t")]
    [InlineData("one two^U three{enter}", " three")]
    [InlineData("one two{ctrl-left}{ctrl-left}x{ctrl-right}y{enter}", "xoney two")]
    [InlineData("abc^A^Fx^Dy{enter}", "axyc")]
    [InlineData("abc^H^J", "ab")]
    [InlineData("abc^C", "")]
    [InlineData("^D", null)]
    [InlineData("abc", null)]
    [InlineData("sho{tab}{enter}", "show ")]
    [InlineData("se{tab}c{tab}f{tab}t{tab}{enter}", "set cnat feature tap")]
    [InlineData("set cnat feature tap1{tab}{enter}", "set cnat feature tap1 ")]
    [InlineData("cnat translation del {tab}{enter}", "cnat translation del 7 ")]
    [InlineData("{up}{enter}", "second")]
    [InlineData("{up}{up}{up}{enter}", "first")]
    [InlineData("draft{up}{up}{down}{down}{enter}", "draft")]
    [InlineData("^P^P^N!{enter}", "second!")]
    public void A_line_is_edited(string typed, string? line) => Assert.Equal(line, Type(typed, out _));

    [Fact]
    public void A_second_tab_and_a_question_mark_tell_what_may_follow()
    {
        Type("set cnat {tab}{tab}{enter}", out string screen);
        Assert.Contains("\n  feature      a link that source NAT looks at\n  snat-policy  what leaves with another source address\n", screen, StringComparison.Ordinal);
        Type("show cnat session port ?{enter}", out screen);
        Assert.Contains("\n  (a port, a number)\n", screen, StringComparison.Ordinal);
        Type("show cnat client ?{enter}", out screen);
        Assert.Contains("\n  (the command may end here)\n", screen, StringComparison.Ordinal);
        Type("banana?{enter}", out screen);
        Assert.Contains("\n  (nothing begins so)\n", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_long_line_what_lies_around_the_cursor_is_seen()
    {
        Type("abcdefghijklmnopqrstuvwxyz", out string screen);
        Assert.EndsWith("\r> mnopqrstuvwxyz\u001b[K\r\u001b[16C", screen, StringComparison.Ordinal);
        Type("abcdefghijklmnopqrstuvwxyz{home}", out screen);
        Assert.EndsWith("\r> abcdefghijklmno\u001b[K\r\u001b[2C", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_of_unknown_width_is_drawn_as_one_column()
    {
        Assert.Equal("ü漢字", Type("ü漢字{enter}", out string screen));
        Assert.Contains("\r> ü??\u001b[K\r\u001b[5C", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_word_that_is_offered_is_explained()
    {
        foreach (string text in (string[])["", "cnat ", "set ", "set cnat ", "show cnat ", "cnat translation ", "cnat translation add vip 30.0.0.2 ", "show cnat session ", "set cnat snat-policy ", "set cnat snat-policy prefix ",
            "set cnat snat-policy if ", "set cnat snat-policy if table ", "cnat snat ", "cnat log ", "test cnat ", "test cnat maglev ", "set cnat feature a "])
        {
            foreach (string word in CommandCompletion.At(text, [], []).Words) Assert.True(CommandHelp.Of(word) is not null, $"'{text}' offers '{word}'");
        }
    }

    [Fact]
    public void History_is_kept_in_a_file_for_its_user_alone()
    {
        string folder = Directory.CreateTempSubdirectory("sluice-history-").FullName;
        string file = Path.Combine(folder, "state", "cnat_history");
        var history = new CommandHistory(file);
        history.Add("one");
        history.Add("one");
        history.Add("");
        for (int i = 0; i < 1000; i++) history.Add($"line {i}");
        var again = new CommandHistory(file);
        Assert.Equal((1000, "line 0", "line 999"), (again.Count, again[0], again[999]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void History_without_a_place_is_kept_as_long_as_the_prompt_stands()
    {
        var history = new CommandHistory("/proc/nowhere/history");
        history.Add("one");
        Assert.Equal((1, "one"), (history.Count, history[0]));
    }

    private static string? Type(string typed, out string screen)
    {
        var history = new CommandHistory(null);
        history.Add("first");
        history.Add("second");
        using var output = new StringWriter();
        var editor = new LineEditor(new TypedKeys(typed), output, history, text => CommandCompletion.At(text, ["tap0", "tap1"], ["7"]), () => 18);
        string? line = editor.Read("> ");
        screen = output.ToString();
        return line;
    }
}
