using System.Collections.Immutable;
using Sluice.Config.Reading;

namespace Sluice.Config.Kinds;

/// <summary>The kinds of documents that a program adds. Their order is the order in which their rules are asked for what leaves a realm.</summary>
public sealed class DocumentKinds
{
    /// <summary>Adds some kinds.</summary>
    /// <exception cref="ArgumentException">Two kinds have one name, or one has the name of a kind of the house.</exception>
    public DocumentKinds(params ReadOnlySpan<DocumentKind> kinds)
    {
        All = [.. kinds];
        for (int i = 0; i < kinds.Length; i++)
        {
            DocumentKind kind = kinds[i];
            bool isOurs = kind.ApiVersion == DocumentReader.Native ? DocumentReader.NativeKinds.Contains(kind.Name) : DocumentReader.IsOtherVersion(kind.ApiVersion);
            if (isOurs || Find(kind.ApiVersion, kind.Name) != kind) throw new ArgumentException($"There is a kind {kind.Name} of {kind.ApiVersion} already.", nameof(kinds));
        }
    }

    /// <summary>The house's own kinds alone.</summary>
    public static DocumentKinds None { get; } = new();

    /// <summary>The kinds, in their order.</summary>
    public ImmutableArray<DocumentKind> All { get; }

    internal DocumentKind? Find(string apiVersion, string kind)
    {
        foreach (DocumentKind known in All)
            if (known.ApiVersion == apiVersion && known.Name == kind) return known;
        return null;
    }

    internal IEnumerable<string> NamesOf(string apiVersion) => All.Where(kind => kind.ApiVersion == apiVersion).Select(static kind => kind.Name);

    internal bool HasVersion(string apiVersion) => All.Any(kind => kind.ApiVersion == apiVersion);
}
