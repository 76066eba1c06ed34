using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>A virtual IP.</summary>
public sealed record TranslationDocument : Document
{
    /// <summary>The slots of a Maglev table where none are given.</summary>
    public const int DefaultTableSize = 65_537;

    /// <summary>The realm of the address.</summary>
    public string Realm { get; init; } = ConfigSet.DefaultRealm;

    /// <summary>The virtual address; of <see cref="AddressOf"/> it tells the family alone, and is unspecified.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>The link whose first address of that family is the virtual one, whatever it is at the moment; null: <see cref="Address"/> is.</summary>
    public NamedSpec? AddressOf { get; init; }

    /// <summary>The virtual ports; all where none are given.</summary>
    public PortRange Ports { get; init; } = PortRange.All;

    /// <summary>The IP protocol number.</summary>
    public byte Protocol { get; init; } = 6;

    /// <summary>The clients that it is for; none given: all. Of several translations of one endpoint the longest prefix wins, and one without is for the rest.</summary>
    public ImmutableArray<IpPrefix> Sources { get; init; } = [];

    /// <summary>Whether the address is one that the host has too (mode real).</summary>
    public bool IsReal { get; init; }

    /// <summary>Whether the address isn't taken as the gateway's: what matches no translation goes on as if there were none (noclient).</summary>
    public bool NoClient { get; init; }

    /// <summary>Whether backends are chosen by a Maglev table (else by a weighted hash).</summary>
    public bool Maglev { get; init; }

    /// <summary>How many slots the Maglev table has: a prime.</summary>
    public int TableSize { get; init; } = DefaultTableSize;

    /// <summary>The fields that the choice hashes; empty: all five.</summary>
    public ImmutableArray<string> HashFields { get; init; } = [];

    /// <summary>Whether both directions of a conversation hash alike: source and destination are put in order first.</summary>
    public bool SymmetricHash { get; init; }

    /// <summary>Whether source and destination change places in the hash.</summary>
    public bool ReverseHash { get; init; }

    /// <summary>How long a client keeps its backend; null: no affinity.</summary>
    public TimeSpan? AffinityTimeout { get; init; }

    /// <summary>The NatProfile; null: the default one.</summary>
    public string? Profile { get; init; }

    /// <summary>Whether the sessions of a removed backend are left to finish.</summary>
    public bool DrainOnRemove { get; init; }

    /// <summary>How backends are checked; null: they aren't, and all of them count as well.</summary>
    public HealthSpec? Health { get; init; }

    /// <summary>The backends; none: new sessions are refused.</summary>
    public ImmutableArray<BackendSpec> Backends { get; init; } = [];

    // Where the values stand that other documents can contradict.
    internal Place RealmPlace { get; init; }

    internal Place AddressPlace { get; init; }

    internal Place ProfilePlace { get; init; }

    // By the place in Sources.
    internal ImmutableArray<Place> SourcePlaces { get; init; } = [];
}

/// <summary>One backend of a virtual IP.</summary>
public sealed record BackendSpec
{
    /// <summary>Its address; unspecified without <see cref="AddressOf"/>: the destination address stays.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>The link whose first address of the translation's family is meant; null: <see cref="Address"/> is.</summary>
    public NamedSpec? AddressOf { get; init; }

    /// <summary>Whether the destination address stays as it is: a backend that is given by its port alone.</summary>
    public bool KeepsAddress => AddressOf is null && Address.IsUnspecified;

    /// <summary>Its ports; null: the port stays.</summary>
    public PortRange? Ports { get; init; }

    /// <summary>Its share of new sessions.</summary>
    public int Weight { get; init; } = 100;

    /// <summary>Whether it gets new sessions only if nobody else can.</summary>
    public bool Draining { get; init; }

    /// <summary>Whether packets go to it unrewritten (mode direct).</summary>
    public bool Direct { get; init; }

    /// <summary>The source address that it sees; null: the client's.</summary>
    public IpAddress? SourceAddress { get; init; }

    /// <summary>The link whose first address is the source that it sees; null: <see cref="SourceAddress"/> says.</summary>
    public NamedSpec? SourceAddressOf { get; init; }

    /// <summary>The source port that it sees; null: the client's.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Where it is listed.</summary>
    public required Place Place { get; init; }
}
