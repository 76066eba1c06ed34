using System.Collections.Immutable;
using Sluice.Config.Comparison;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Kinds;

/// <summary>A document of a kind that a program adds. What isn't of the kind itself is filled in by the reader.</summary>
public abstract record AddedDocument
{
    /// <summary>metadata.name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Where the document begins.</summary>
    public Place Place { get; internal init; }

    /// <summary>Its kind.</summary>
    public DocumentKind Kind { get; internal init; } = null!;

    /// <summary>The NatProfile that it names; null: the default one.</summary>
    public string? Profile { get; internal init; }

    /// <summary>What it says, in words: as it was read, so two ways to write one thing are equal.</summary>
    public ImmutableArray<ConfigField> Fields { get; internal init; } = [];

    /// <summary>
    /// The addresses that are the gateway's for this document's sake: it answers ARP and neighbour discovery for them where a link is connected to them, and nothing else may have them.
    /// </summary>
    public ImmutableArray<OwnedAddresses> Owned { get; init; } = [];

    internal Place NamePlace { get; init; }

    internal ImmutableArray<NameReference> References { get; init; } = [];
}

/// <summary>Addresses that a document takes for the gateway; <see cref="SpecFields.Owned"/> makes one.</summary>
/// <param name="Realm">The realm in which they are the gateway's.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Place">Where they stand.</param>
/// <param name="Path">The field that they stand in.</param>
public readonly record struct OwnedAddresses(string Realm, IpRange Addresses, Place Place, string Path);

/// <summary>What a name in a document refers to.</summary>
internal enum ReferenceTo
{
    Realm,
    Link,
    Profile,
}

/// <summary>A name that something else in the configuration must have.</summary>
internal readonly record struct NameReference(ReferenceTo To, string Name, Place Place, string Path);
