using System.Collections.Immutable;
using Sluice.Config.Commands;
using Sluice.Config.Documents;
using Sluice.Config.Kinds;

namespace Sluice.Config;

/// <summary>A configuration that was accepted: what is asked for, whole and consistent.</summary>
public sealed record ConfigSet
{
    /// <summary>The realm that always exists.</summary>
    public const string DefaultRealm = "default";

    private readonly Dictionary<string, Realm> realmsByName;
    private readonly Dictionary<string, NatProfileDocument> profilesByName;

    internal ConfigSet(ImmutableArray<Realm> realms, ImmutableArray<NatProfileDocument> profiles)
    {
        Realms = realms;
        Profiles = profiles;
        realmsByName = realms.ToDictionary(realm => realm.Name, StringComparer.Ordinal);
        profilesByName = profiles.ToDictionary(profile => profile.Name, StringComparer.Ordinal);
        DefaultProfile = profilesByName.GetValueOrDefault("default") ?? NatProfileDocument.BuiltIn;
    }

    /// <summary>The native Gateway; a set without one (peerings alone, for a check) has an empty one here.</summary>
    public required GatewayDocument Gateway { get; init; }

    /// <summary>All realms: "default" first, then by name.</summary>
    public ImmutableArray<Realm> Realms { get; }

    /// <summary>The NatProfile documents.</summary>
    public ImmutableArray<NatProfileDocument> Profiles { get; }

    /// <summary>The profile that holds where none is named.</summary>
    public NatProfileDocument DefaultProfile { get; }

    /// <summary>The peerings of both dialects, in the order of the documents.</summary>
    public required ImmutableArray<Peering> Peerings { get; init; }

    /// <summary>The virtual IPs.</summary>
    public required ImmutableArray<TranslationDocument> Translations { get; init; }

    /// <summary>The source-NAT policies.</summary>
    public required ImmutableArray<SourceNatDocument> SourceNats { get; init; }

    /// <summary>The documents of added kinds: in the order of their kinds, then in that of the files.</summary>
    public ImmutableArray<AddedDocument> Added { get; init; } = [];

    /// <summary>The added kinds that it was read with: what comes after it is read with them too.</summary>
    public DocumentKinds Kinds { get; init; } = DocumentKinds.None;

    /// <summary>The VPCs.</summary>
    public required ImmutableArray<VpcDocument> Vpcs { get; init; }

    /// <summary>Gateways of the reference dialect.</summary>
    public required ImmutableArray<FabricGatewayDocument> FabricGateways { get; init; }

    /// <summary>The GatewayAgent among the documents; null where there is none.</summary>
    public AgentIdentity? Agent { get; init; }

    /// <summary>The show lines of command files, in their order: answered after a replay.</summary>
    public ImmutableArray<CommandQuestion> Questions { get; init; } = [];

    /// <summary>The id that a next translation of command lines gets.</summary>
    public int NextCommandId { get; init; }

    /// <summary>What the user should know.</summary>
    public required ImmutableArray<ConfigError> Warnings { get; init; }

    /// <summary>The realm of that name, or null.</summary>
    public Realm? FindRealm(string name) => realmsByName.GetValueOrDefault(name);

    /// <summary>The profile of that name; the default one for null. A name that an accepted set uses always exists.</summary>
    public NatProfileDocument ProfileNamed(string? name) =>
        name is null ? DefaultProfile : profilesByName.GetValueOrDefault(name) ?? DefaultProfile;

    /// <summary>The profile of an expose.</summary>
    public NatProfileDocument ProfileOf(Expose expose) => ProfileNamed(expose.Spec.Nat?.Profile);

    /// <summary>Every idle time of a profile, none null: the profile's, else the gateway's, else the built-in ones.</summary>
    public TimerSpec TimersOf(NatProfileDocument profile) => profile.Timers.Or(Gateway.Timers).Or(TimerSpec.Default);

    /// <summary>Every idle time of an expose, none null: idleTimeout rules established TCP and UDP, the profile the rest.</summary>
    public TimerSpec TimersOf(Expose expose)
    {
        TimerSpec timers = TimersOf(ProfileOf(expose));
        return expose.Spec.Nat?.IdleTimeout is { } idle ? timers with { TcpEstablished = idle, Udp = idle } : timers;
    }
}

/// <summary>An address space of an accepted configuration.</summary>
/// <param name="Name">Its identity.</param>
/// <param name="Vni">Its VXLAN network identifier, where it has one.</param>
/// <param name="Vpc">The VPC document that it comes from, where it does.</param>
/// <param name="Remotes">The far ends of its tunnels.</param>
public sealed record Realm(string Name, int? Vni, VpcDocument? Vpc, ImmutableArray<RemoteSpec> Remotes);

/// <summary>A GatewayAgent: a whole configuration in one document, as a fabric's controller writes it.</summary>
/// <param name="Name">Its name: the gateway that it is meant for.</param>
/// <param name="Generation">The number that its writer gave this configuration; null where it has none.</param>
public sealed record AgentIdentity(string Name, long? Generation);
