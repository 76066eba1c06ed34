using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy.SourceNats;

/// <summary>Compiles source-NAT policies, and puts their addresses into the spaces of the realms that packets leave to.</summary>
internal sealed class SourceNatCompiler(ConfigSet config, RealmRegistry realms, PolicyTables tables, RealmSpace[] spaces)
{
    private static readonly IpFamily[] Families = [IpFamily.V4, IpFamily.V6];

    private readonly List<SourceNat> policies = [];
    private readonly Dictionary<string, int> links = config.Gateway.Links.Select(static (link, number) => (link.Name, number)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The policies, in the order of the configuration.</summary>
    internal SourceNat[] Policies => [.. policies];

    /// <summary>By realm: the places of its policies.</summary>
    internal int[][] ByRealm =>
        [.. spaces.Select((_, realm) => policies.Select(static (policy, place) => (policy, place)).Where(one => one.policy.Realm == realm).Select(static one => one.place).ToArray())];

    internal void Compile()
    {
        foreach (SourceNatDocument document in config.SourceNats) Add(document);
    }

    /// <summary>By realm: what may be made of what leaves, because of a policy or a translation there or at a peer.</summary>
    internal Leaving[] LeavingOf()
    {
        var marked = new bool[spaces.Length];
        foreach (SourceNat policy in policies) marked[policy.Realm] = true;
        foreach (TranslationDocument translation in config.Translations)
            if (realms.TryGet(translation.Realm, out ushort realm)) marked[realm] = true;
        Leaving[] leaving = [.. marked.Select(static mark => mark ? Leaving.Remembered : Leaving.AsDecided)];
        foreach (Peering peering in config.Peerings)
        {
            if (!realms.TryGet(peering.Left.Realm, out ushort left) || !realms.TryGet(peering.Right.Realm, out ushort right)) continue;
            if (marked[right]) leaving[left] = Leaving.Remembered;
            if (marked[left]) leaving[right] = Leaving.Remembered;
        }

        foreach (SourceNat policy in policies) leaving[policy.Realm] = Leaving.Covered;
        return leaving;
    }

    private void Add(SourceNatDocument document)
    {
        ushort realm = realms.TryGet(document.Realm, out ushort number) ? number : RealmRegistry.None;
        NatProfileDocument profile = config.ProfileNamed(document.Profile);
        SessionProfile conduct = ProfileCompiler.Compile(profile);
        ImmutableArray<IpRange> addresses = AddressesOf(document);
        ushort[] realmsTo = [realm, .. PeersWithoutNat(document.Realm)];
        bool rewrites = document.Policy is SourceNatPolicy.Dnat or SourceNatPolicy.DnatOnly;
        PrefixRewrite[] table = rewrites ? [.. document.Rewrites.Select(static rewrite => new PrefixRewrite(rewrite.Prefix, rewrite.To))] : [];
        policies.Add(new SourceNat
        {
            Name = document.Name,
            Realm = realm,
            Policy = document.Policy,
            Rule = tables.AddRule($"source NAT {document.Name}", document.Place.ToString()),
            Timers = tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(profile))),
            Inward = ProfileCompiler.OutsideRefreshes(conduct) ? FlowConduct.None : FlowConduct.NoRefresh,
            CoversAllLinks = document.CoversAllLinks,
            EnteredV4 = Of(document.Links, document.LinksV4),
            EnteredV6 = Of(document.Links, document.LinksV6),
            IncludeV4 = Of(document.Tables.IncludeV4),
            IncludeV6 = Of(document.Tables.IncludeV6),
            Pod = Of(document.Tables.Pod),
            Host = Of(document.Tables.Host),
            Destinations = DestinationsOf(document),
            Rewrites = table,
            Redirects = Matched(document.Rewrites, table, source: false),
            SourceRewrites = Matched(document.Rewrites, table, source: true),
            Targets = TargetsOf(document.Rewrites, table),
            Addresses = [.. addresses],
            Pools = PoolsOf(addresses, realmsTo, conduct),
        });

        foreach (ushort to in realmsTo)
        {
            foreach (IpRange range in addresses) spaces[to].AddPublic(range);
            for (int i = 0; i < table.Length; i++)
                if (document.Rewrites[i].MatchSource && table[i].Becomes != table[i].Prefix) spaces[to].AddPublic(new IpRange(table[i].Becomes));
        }
    }

    private FrozenDictionary<int, int> PoolsOf(ImmutableArray<IpRange> addresses, ushort[] realmsTo, SessionProfile profile)
    {
        Dictionary<int, int> pools = [];
        foreach (IpFamily family in Families)
        {
            ImmutableArray<IpRange> own = [.. addresses.Where(range => range.Family == family)];
            if (own.IsEmpty) continue;
            foreach (ushort to in realmsTo) pools[SourceNat.PoolKey(to, family)] = tables.AddPool(new PoolDefinition(to, own, profile));
        }

        return pools.ToFrozenDictionary();
    }

    // In the order as written, each address once, as a pool takes them.
    private ImmutableArray<IpRange> AddressesOf(SourceNatDocument document)
    {
        var ordered = ImmutableArray.CreateBuilder<IpRange>();
        List<PortedRange> gone = [];
        foreach (IpRange range in document.Addresses.Concat(document.AddressesOf.SelectMany(OwnAddressesOf)))
        {
            var whole = new PortedRange(range, PortRange.All);
            ordered.AddRange(PrefixSet.From([whole], gone.ToArray()).ToRanges());
            gone.Add(whole);
        }

        return ordered.ToImmutable();
    }

    private IEnumerable<IpRange> OwnAddressesOf(NamedSpec named)
    {
        foreach (IpFamily family in Families)
            if (LinkAddresses.FirstOf(config, named, family) is { } address) yield return new IpRange(address, address);
    }

    // Where a peer sees any of the realm's addresses as they are.
    private IEnumerable<ushort> PeersWithoutNat(string realm)
    {
        foreach (Peering peering in config.Peerings)
        {
            (PeeringEnd own, PeeringEnd other) = peering.Left.Realm == realm ? (peering.Left, peering.Right) : (peering.Right, peering.Left);
            if (own.Realm == realm && own.Exposes.Any(static expose => expose.IsDefault || expose.Nat == NatKind.None) && realms.TryGet(other.Realm, out ushort to)) yield return to;
        }
    }

    private LinkSet Of(params IEnumerable<NamedSpec>[] lists) =>
        LinkSet.Of(lists.SelectMany(static list => list).Where(named => links.ContainsKey(named.Name)).Select(named => links[named.Name]));

    private static PrefixMap DestinationsOf(SourceNatDocument document)
    {
        var builder = new PrefixMapBuilder();
        foreach (IpPrefix prefix in document.Exclude) builder.Add(prefix, SourceNat.Excluded);
        foreach (IpPrefix prefix in document.Include) builder.Add(prefix, SourceNat.Included);
        return builder.Build();
    }

    private static PrefixMap Matched(ImmutableArray<RewriteSpec> rewrites, PrefixRewrite[] table, bool source)
    {
        var builder = new PrefixMapBuilder();
        for (int i = 0; i < table.Length; i++)
            if (rewrites[i].MatchSource == source) builder.Add(table[i].Prefix, i);
        return builder.Build();
    }

    private static PrefixMap TargetsOf(ImmutableArray<RewriteSpec> rewrites, PrefixRewrite[] table)
    {
        var builder = new PrefixMapBuilder();
        for (int i = 0; i < table.Length; i++)
            if (!rewrites[i].MatchSource) builder.Add(table[i].Becomes, i);
        return builder.Build();
    }
}
