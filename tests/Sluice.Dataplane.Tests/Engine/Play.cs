using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Plays a written exchange on a <see cref="Rig"/> and checks every packet that leaves and every verdict.</summary>
/// <remarks>
/// <code>
/// vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp          a packet in by a link (see PacketScript)
///   = vpc2 203.0.113.1:{p} > 192.168.50.2:53 udp    leaves so; {p} is learnt where it is first met; length and TTL may be left out
///   drop NoMapping | consume | hold                  the verdict; forward, where nothing is said
/// wait 300s                                          time passes
/// </code>
/// What leaves must be exactly what is written.
/// </remarks>
internal sealed partial class Play(Rig rig)
{
    private readonly Dictionary<string, string> learnt = [];

    /// <summary>What a name in braces stood for.</summary>
    public string this[string name] => learnt[name];

    /// <summary>Plays an exchange.</summary>
    public Play Run(string script)
    {
        string[] lines = [.. script.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length != 0 && line[0] != '#')];
        for (int i = 0; i < lines.Length;)
        {
            string line = lines[i++];
            if (line.StartsWith("wait ", StringComparison.Ordinal))
            {
                rig.Wait(Milliseconds(line[5..]));
                continue;
            }

            var expected = new List<string>();
            string verdict = "forward";
            for (; i < lines.Length && Expects(lines[i]); i++)
            {
                if (lines[i][0] == '=') expected.Add(lines[i][2..]);
                else verdict = lines[i];
            }

            Step(line, expected, verdict);
        }

        return this;
    }

    private static bool Expects(string line) =>
        line[0] == '=' || line is "consume" or "hold" or "forward" || line.StartsWith("drop ", StringComparison.Ordinal);

    private void Step(string line, List<string> expected, string verdict)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string[] left = rig.In(line[..space], PacketScript.Parse(Filled(line[(space + 1)..])));
        Assert.True(rig.TakeVerdicts() is [var given] && given == verdict, $"{line}\n  ends as {string.Join(", ", rig.LastVerdicts)}, not {verdict}\n  = {string.Join("\n  = ", left)}");
        Assert.True(left.Length == expected.Count, $"{line}\n  = {string.Join("\n  = ", left)}\nis not\n  = {string.Join("\n  = ", expected)}");
        for (int i = 0; i < left.Length; i++) Match(line, left[i], expected[i]);
    }

    private void Match(string line, string left, string expected)
    {
        string pattern = NameOrRest().Replace(Filled(expected), static part =>
            part.Groups["name"].Success ? $"(?<{part.Groups["name"].Value}>[0-9a-f.:]+?)" : Regex.Escape(part.Value));
        Match match = Regex.Match(left, $"^{pattern}( seq \\d+)?( len \\d+)?( ttl \\d+)?$");
        Assert.True(match.Success, $"{line}\n  = {left}\nis not\n  = {expected}");
        foreach (Group group in match.Groups)
            if (char.IsAsciiLetter(group.Name[0])) learnt[group.Name] = group.Value;
    }

    private string Filled(string text)
    {
        foreach ((string name, string value) in learnt) text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        return text;
    }

    private static uint Milliseconds(string text) => text.EndsWith("ms", StringComparison.Ordinal)
        ? uint.Parse(text[..^2], CultureInfo.InvariantCulture)
        : uint.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture) * 1000;

    [GeneratedRegex(@"\{(?<name>[a-z]+)\}|[^{]+")]
    private static partial Regex NameOrRest();
}
