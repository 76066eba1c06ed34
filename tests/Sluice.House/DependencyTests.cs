using Xunit;

namespace Sluice.House;

/// <summary>Who may know whom, read from what the compiler put into the assemblies.</summary>
public class DependencyTests
{
    // The table of the architecture (docs/architecture.md). Nothing points the other way, by transitive references neither.
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Sluice.Packets"] = [],
        ["Sluice.Config"] = ["Sluice.Packets"],
        ["Sluice.Sessions"] = ["Sluice.Packets"],
        ["Sluice.Links"] = ["Sluice.Packets"],
        ["Sluice.Policy"] = ["Sluice.Packets", "Sluice.Config", "Sluice.Sessions"],
        ["Sluice.Dataplane"] = ["Sluice.Packets", "Sluice.Sessions", "Sluice.Policy", "Sluice.Links"],
        ["Sluice.Gateway"] = ["Sluice.Packets", "Sluice.Config", "Sluice.Sessions", "Sluice.Policy", "Sluice.Links", "Sluice.Dataplane"],
        ["Sluice.Cli"] =
            ["Sluice.Packets", "Sluice.Config", "Sluice.Sessions", "Sluice.Policy", "Sluice.Links", "Sluice.Dataplane", "Sluice.Gateway"],
    };

    // A package belongs to the one room that it was taken in for.
    private static readonly Dictionary<string, string> PackageOwner = new(StringComparer.Ordinal)
    {
        ["YamlDotNet"] = "Sluice.Config",
        ["System.CommandLine"] = "Sluice.Cli",
        ["Spectre.Console"] = "Sluice.Cli",
    };

    public static TheoryData<string> Rooms => [.. Checkout.Rooms];

    [Fact]
    public void The_table_names_every_room() => Assert.Equal(MayUse.Keys.Order(StringComparer.Ordinal), Checkout.Rooms);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_that_the_table_allows(string room) =>
        Assert.Empty(Checkout.UsesOf(room)
            .Where(u => u.Assembly.StartsWith("Sluice.", StringComparison.Ordinal) && !MayUse[room].Contains(u.Assembly))
            .Select(u => $"{room} uses {u.Namespace}.{u.Type} of {u.Assembly}"));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_package_is_known_to_its_own_room_only(string room) =>
        Assert.Empty(Checkout.UsesOf(room)
            .Where(u => !u.Assembly.StartsWith("Sluice.", StringComparison.Ordinal) && !IsBaseLibrary(u.Assembly))
            .Where(u => PackageOwner.GetValueOrDefault(u.Assembly) != room)
            .Select(u => $"{room} uses {u.Assembly}"));

    [Fact]
    public void Configuration_knows_addresses_and_nothing_else_of_packets() =>
        Assert.Empty(Checkout.UsesOf("Sluice.Config")
            .Where(u => u.Assembly == "Sluice.Packets" && u.Namespace is not ("" or "Sluice.Packets.Addresses"))
            .Select(u => $"{u.Namespace}.{u.Type}"));

    [Fact]
    public void Configuration_opens_no_socket() =>
        Assert.DoesNotContain(Checkout.UsesOf("Sluice.Config"), u => u is { Namespace: "System.Net.Sockets", Type: "Socket" });

    [Fact]
    public void Policy_never_touches_the_bytes_of_a_packet() =>
        Assert.Empty(Checkout.UsesOf("Sluice.Policy")
            .Where(u => u.Assembly == "Sluice.Packets" && u.Namespace is not ("" or "Sluice.Packets.Addresses"))
            .Where(u => u.Type is not ("DropReason" or "IpProtocol" or "HugePages"))
            .Select(u => $"{u.Namespace}.{u.Type}"));

    [Fact]
    public void Samples_stand_outside_and_use_what_everybody_may_use() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Checkout.Source, "*.csproj", SearchOption.AllDirectories).SelectMany(File.ReadLines),
            line => line.Contains("Sluice.Samples", StringComparison.Ordinal));

    [Fact]
    public void Projects_take_transitive_references_from_nobody()
    {
        string props = File.ReadAllText(Path.Combine(Checkout.Root, "Directory.Build.props"));
        Assert.Contains("<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>", props, StringComparison.Ordinal);
    }

    private static bool IsBaseLibrary(string assembly) =>
        (assembly.StartsWith("System.", StringComparison.Ordinal) && !PackageOwner.ContainsKey(assembly))
        || assembly.StartsWith("Microsoft.Win32.", StringComparison.Ordinal);
}
