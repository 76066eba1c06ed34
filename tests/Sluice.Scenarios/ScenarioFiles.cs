namespace Sluice.Scenarios;

/// <summary>The files of the <c>scenarios</c> folder: exchanges of packets, and below <c>validation</c> tables of configurations.</summary>
internal static class ScenarioFiles
{
    private const string ValidationFolder = "validation/";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scenarios");

    /// <summary>All of them, by path below the folder and without the extension.</summary>
    public static string[] All { get; } =
        [.. Directory.GetFiles(Folder, "*.txt", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)[..^4]).Order(StringComparer.Ordinal)];

    /// <summary>Those in which packets are exchanged.</summary>
    public static IEnumerable<string> Exchanges => All.Where(static name => !IsTable(name));

    /// <summary>Those that are tables of validation.</summary>
    public static IEnumerable<string> Tables => All.Where(IsTable);

    public static string TextOf(string name) => File.ReadAllText(Path.Combine(Folder, $"{name}.txt"));

    private static bool IsTable(string name) => name.StartsWith(ValidationFolder, StringComparison.Ordinal);
}
