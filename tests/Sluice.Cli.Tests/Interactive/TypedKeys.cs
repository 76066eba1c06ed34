using Sluice.Cli.Interactive;

namespace Sluice.Cli.Tests.Interactive;

/// <summary>Keys from a text: ^X is Ctrl-X, {name} a key by name, the rest stands for itself.</summary>
internal sealed class TypedKeys(string typed) : IKeySource
{
    private static readonly Dictionary<string, ConsoleKey> Named = new(StringComparer.Ordinal)
    {
        ["enter"] = ConsoleKey.Enter,
        ["tab"] = ConsoleKey.Tab,
        ["back"] = ConsoleKey.Backspace,
        ["del"] = ConsoleKey.Delete,
        ["left"] = ConsoleKey.LeftArrow,
        ["right"] = ConsoleKey.RightArrow,
        ["up"] = ConsoleKey.UpArrow,
        ["down"] = ConsoleKey.DownArrow,
        ["home"] = ConsoleKey.Home,
        ["end"] = ConsoleKey.End,
    };

    private int at;

    public ConsoleKeyInfo? Read()
    {
        if (at == typed.Length) return null;
        char c = typed[at++];
        if (c == '^')
        {
            char letter = typed[at++];
            return new ConsoleKeyInfo((char)(letter - 'A' + 1), ConsoleKey.A + (letter - 'A'), shift: false, alt: false, control: true);
        }

        if (c != '{') return new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false);
        int end = typed.IndexOf('}', at);
        string name = typed[at..end];
        at = end + 1;
        bool isControlled = name.StartsWith("ctrl-", StringComparison.Ordinal);
        return new ConsoleKeyInfo('\0', Named[isControlled ? name[5..] : name], shift: false, alt: false, isControlled);
    }
}
