using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.House;

/// <summary>The habits of the house that a program can check.</summary>
public partial class TidyTests
{
    private const int LinesMax = 350;

    // Where packets pass, and what lies among it but runs only when a configuration or the kernel's tables change, or once for a public address.
    private static readonly string[] PacketPath = ["src/Sluice.Packets/", "src/Sluice.Sessions/", "src/Sluice.Dataplane/"];
    private static readonly string[] ControlPathWithin =
    [
        "src/Sluice.Packets/Addresses/",
        "src/Sluice.Packets/Captures/",
        "src/Sluice.Sessions/Life/DurationTable.cs",
        "src/Sluice.Sessions/Life/TimerSets.cs",
        "src/Sluice.Sessions/Ports/PortClaims.cs",
        "src/Sluice.Sessions/Accounts/AccountTable.cs",
        "src/Sluice.Sessions/Ports/PublicAddresses.cs",
        "src/Sluice.Sessions/Store/SharedTables.cs",
        "src/Sluice.Dataplane/PacketEngine.cs",
        "src/Sluice.Dataplane/ReloadForecast.cs",
        "src/Sluice.Dataplane/Workers/WorkerLoop.cs",
        "src/Sluice.Dataplane/Routing/NeighborTable.cs",
        "src/Sluice.Dataplane/Routing/RouteTable.cs",
    ];

    [Fact]
    public void A_source_file_holds_one_idea() =>
        AssertNone(Checkout.Files(".cs").Select(f => (File: f, Lines: File.ReadLines(f).Count())).Where(f => f.Lines > LinesMax)
            .Select(f => $"{Checkout.Relative(f.File)} has {f.Lines} lines; the most is {LinesMax}"));

    [Fact]
    public void Nothing_is_left_for_later() =>
        AssertNone(Matches(Checkout.Files(".cs", ".md", ".csproj", ".props", ".yaml", "/test", "/sluice", "/bench").Where(IsNotThisTest), LeftForLater()));

    [Fact]
    public void No_test_is_switched_off() =>
        AssertNone(Matches(Checkout.Files(".cs").Where(IsNotThisTest), SwitchedOff()));

    [Fact]
    public void The_packet_path_uses_nothing_that_allocates_blocks_or_reads_a_clock() =>
        AssertNone(Matches(Checkout.Files(".cs").Where(IsPacketPath), BannedOnThePacketPath()));

    [Fact]
    public void Time_and_randomness_come_from_outside() =>
        AssertNone(Matches(Checkout.Files(".cs").Where(f => IsPacketPath(f) || IsUnder(f, "src/Sluice.Policy/")), ClockOrChance()));

    [Fact]
    public void Every_room_says_what_it_is()
    {
        AssertNone(Checkout.Rooms.Where(r => !File.Exists(Path.Combine(Checkout.Source, r, "README.md"))).Select(r => $"src/{r} has no README.md"));
        AssertNone(Checkout.Rooms.Select(r => Path.Combine(Checkout.Source, r, "README.md")).Where(File.Exists)
            .Where(f => !File.ReadLines(f).First().StartsWith("# ", StringComparison.Ordinal)).Select(f => $"{Checkout.Relative(f)} has no title"));
    }

    [Fact]
    public void Every_folder_says_what_it_is_and_names_its_files()
    {
        IGrouping<string, string>[] folders =
            [.. Checkout.Files(".cs").Where(f => IsUnder(f, "src/") || IsUnder(f, "samples/")).GroupBy(f => Path.GetDirectoryName(f)!, StringComparer.Ordinal)];
        AssertNone(folders.Where(f => !File.Exists(Path.Combine(f.Key, "README.md"))).Select(f => $"{Checkout.Relative(f.Key)} has no README.md"));

        // A part of a type is named by its type: FamilyStore stands for FamilyStore.Life.cs.
        AssertNone(from folder in folders
                   let words = Word().Matches(File.ReadAllText(Path.Combine(folder.Key, "README.md"))).Select(m => m.Value).ToHashSet(StringComparer.Ordinal)
                   from file in folder
                   where !words.Contains(Path.GetFileName(file).Split('.')[0])
                   select $"{Checkout.Relative(folder.Key)}/README.md does not name {Path.GetFileName(file)}");
    }

    [Fact]
    public void A_source_file_begins_with_its_usings_or_its_namespace() =>
        AssertNone(Checkout.Files(".cs").Where(f => Path.GetFileName(f) != "Program.cs")
            .Where(f => !Beginning().IsMatch(File.ReadLines(f).FirstOrDefault(l => l.Length > 0) ?? ""))
            .Select(f => $"{Checkout.Relative(f)} begins with something else"));

    [Fact]
    public void The_namespace_is_the_folder_or_its_room() =>
        AssertNone(from file in Checkout.Files(".cs").Where(f => IsUnder(f, "src/"))
                   let expected = NamespaceOf(file)
                   let found = Namespace().Match(File.ReadAllText(file))
                   where found.Success && found.Groups["name"].Value != expected && !RoomOf(expected).Equals(found.Groups["name"].Value, StringComparison.Ordinal)
                   select $"{Checkout.Relative(file)} is not in namespace {expected}");

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine() =>
        AssertNone(Matches(Checkout.Files(".cs", ".md", ".csproj", ".props", ".yaml", ".json", "/test", "/sluice", "/bench", "/run").Where(IsNotThisTest), MachinePath()));

    [Fact]
    public void Every_project_is_in_the_solution_and_has_its_lock_file()
    {
        string solution = File.ReadAllText(Path.Combine(Checkout.Root, "Sluice.slnx"));
        AssertNone(Checkout.Files(".csproj").Where(p => !solution.Contains(Checkout.Relative(p), StringComparison.Ordinal))
            .Select(p => $"{Checkout.Relative(p)} is not in Sluice.slnx"));
        AssertNone(Checkout.Files(".csproj").Where(p => !File.Exists(Path.Combine(Path.GetDirectoryName(p)!, "packages.lock.json")))
            .Select(p => $"{Checkout.Relative(p)} has no packages.lock.json"));
    }

    [Fact]
    public void Every_scripted_entrance_can_be_executed() =>
        AssertNone(new[] { "sluice", "test", ".ci/run" }.Select(f => Path.Combine(Checkout.Root, f))
            .Where(f => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(f) & UnixFileMode.UserExecute) == 0).Select(Checkout.Relative));

    private static void AssertNone(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        if (all.Length > 0) Assert.Fail(string.Join('\n', all));
    }

    private static IEnumerable<string> Matches(IEnumerable<string> files, Regex banned) =>
        from file in files
        from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
        let match = banned.Match(line.text)
        where match.Success && !IsComment(line.text, match.Index, banned)
        select $"{Checkout.Relative(file)}:{line.number}: {match.Value.Trim()}";

    // A comment may speak of what code may not do.
    private static bool IsComment(string line, int at, Regex banned) =>
        banned != LeftForLater() && banned != MachinePath() && line.IndexOf("//", StringComparison.Ordinal) is >= 0 and var start && start < at;

    private static bool IsUnder(string file, string folder) => Checkout.Relative(file).StartsWith(folder, StringComparison.Ordinal);

    private static bool IsNotThisTest(string file) => !IsUnder(file, "tests/Sluice.House/");

    private static bool IsPacketPath(string file) =>
        PacketPath.Any(f => IsUnder(file, f)) && !ControlPathWithin.Any(f => IsUnder(file, f));

    private static string NamespaceOf(string file) =>
        Path.GetDirectoryName(Path.GetRelativePath(Checkout.Source, file))!.Replace('/', '.');

    private static string RoomOf(string fromFolder) => string.Join('.', fromFolder.Split('.').Take(2));

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"\b(Fact|Theory)\([^)]*\bSkip\s*=|\bExplicit\s*=\s*true")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"\block\s*\(|\bMonitor\.|\bStopwatch\b|\bConsole\.|\.(Select|SelectMany|Where|OrderBy|OrderByDescending|GroupBy|ToList|ToDictionary|ToHashSet|Aggregate|Zip|Distinct)\(")]
    private static partial Regex BannedOnThePacketPath();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow)|\bEnvironment\.TickCount|\bRandom\.Shared|\bnew Random\(\)|\bGuid\.NewGuid")]
    private static partial Regex ClockOrChance();

    [GeneratedRegex(@"^(global )?using |^namespace |^#nullable ")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?<![\w.])/(work|root|home|Users)/\w|/tmp/(c|brief|hub)\b")]
    private static partial Regex MachinePath();
}
