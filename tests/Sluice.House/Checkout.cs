using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Sluice.House;

/// <summary>The checkout that these tests were built from: its files, and the assemblies that came of it.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Source => Path.Combine(Root, "src");

    /// <summary>The rooms: one assembly each.</summary>
    public static IReadOnlyList<string> Rooms { get; } =
        [.. Directory.GetDirectories(Source).Where(d => Directory.GetFiles(d, "*.csproj").Length == 1).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    /// <summary>Every file of one of the endings in src, samples, tests, benchmarks and docs, and at the root.</summary>
    public static IEnumerable<string> Files(params string[] endings) =>
        Directory.EnumerateFiles(Root)
            .Concat(new[] { "src", "samples", "tests", "benchmarks", "docs", "examples", "deploy" }
                .Select(d => Path.Combine(Root, d)).Where(Directory.Exists)
                .SelectMany(d => Directory.EnumerateFiles(d, "*", SearchOption.AllDirectories)))
            .Where(f => endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    /// <summary>What a room's assembly takes from others: (assembly, namespace, type).</summary>
    public static IReadOnlyList<(string Assembly, string Namespace, string Type)> UsesOf(string room)
    {
        string file = Path.Combine(AppContext.BaseDirectory, (room == "Sluice.Cli" ? "sluice" : room) + ".dll");
        using var reader = new PEReader(File.OpenRead(file));
        MetadataReader metadata = reader.GetMetadataReader();
        var uses = new List<(string, string, string)>();
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            TypeReference type = metadata.GetTypeReference(handle);
            // A nested type has its namespace from the type around it, which is listed too.
            if (type.ResolutionScope.Kind != HandleKind.AssemblyReference) continue;
            AssemblyReference from = metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
            uses.Add((metadata.GetString(from.Name), metadata.GetString(type.Namespace), metadata.GetString(type.Name)));
        }

        // An assembly reference without a type reference still makes a room know another.
        uses.AddRange(metadata.AssemblyReferences.Select(h => (metadata.GetString(metadata.GetAssemblyReference(h).Name), "", "")));
        return uses;
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory, thisFile })
            for (string? at = start; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
                if (File.Exists(Path.Combine(at, "Sluice.slnx"))) return at;
        throw new InvalidOperationException("Sluice.slnx is in no directory above the tests.");
    }
}
