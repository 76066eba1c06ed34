using System.Collections.Frozen;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.Kinds;
using Sluice.Policy.SourceNats;
using Sluice.Policy.Translations;

namespace Sluice.Policy;

/// <summary>Makes a <see cref="GatewayPolicy"/> of an accepted configuration.</summary>
/// <remarks>Same configuration and registry, same policy. An accepted configuration always compiles; that there are too many realms is the one thing that can be wrong.</remarks>
public static class PolicyCompiler
{
    /// <summary>Compiles a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="realms">Numbers of realms; realms that are new here get theirs.</param>
    /// <param name="generation">The policy's generation number; not 0.</param>
    /// <exception cref="InvalidOperationException">The process has met more realms than there are numbers.</exception>
    public static GatewayPolicy Compile(ConfigSet config, RealmRegistry realms, ushort generation = 1)
    {
        foreach (Realm realm in config.Realms)
            if (!realms.TryGetOrAdd(realm.Name, out _)) throw new InvalidOperationException($"More than {RealmRegistry.Capacity} realms.");

        var tables = new PolicyTables();
        var spaces = new RealmSpace[realms.Count];
        for (int i = 0; i < spaces.Length; i++) spaces[i] = new RealmSpace();
        AddOwnPrefixes(config, realms, spaces);

        var pairs = new List<PairView>();
        var sources = new List<CellMapBuilder>();
        var pairNumbers = new Dictionary<uint, int>();
        var acls = new AclCompiler(config, tables);
        foreach (Peering peering in config.Peerings)
        {
            ushort left = NumberOf(realms, peering.Left.Realm);
            ushort right = NumberOf(realms, peering.Right.Realm);
            IpFamily[] families = PairCompiler.FamiliesOf(peering);
            AddPair(peering.Left, left, right);
            AddPair(peering.Right, right, left);
            acls.Add(peering, pairs.Count - 2, pairs.Count - 1);

            void AddPair(PeeringEnd end, ushort from, ushort to)
            {
                // The two ends of a peering are neighbours in the list: turning the lowest bit of one's number gives the other's.
                int number = pairs.Count;
                var compiler = new PairCompiler(config, tables, peering, families);
                pairs.Add(compiler.Compile(end, from, to, spaces[from], number, spaces[to]));
                sources.Add(compiler.Sources);
                pairNumbers.TryAdd((uint)from << 16 | to, number);
            }
        }

        var clients = new SourceMatcher();
        var services = new ServiceCompiler(config, realms, tables, spaces, clients);
        services.Compile(pairs);
        var sourceNats = new SourceNatCompiler(config, realms, tables, spaces);
        sourceNats.Compile();
        int routedTimers = tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(config.DefaultProfile)));
        var kinds = new KindCompiler(config, realms, tables, spaces);
        kinds.Compile();
        var cells = new PortCellWriter(clients);
        PrefixMap[] maps = PrefixMapBuilder.BuildAll([.. spaces.Select(static space => space.Map).Concat(sources).Select(map => map.Resolve(cells))]);
        PairView[] ends = [.. pairs.Select((pair, number) => pair with { Sources = maps[spaces.Length + number] })];
        HugePages.Gather(ends);
        return new GatewayPolicy
        {
            Generation = generation,
            Pools = tables.Pools,
            Timers = tables.Timers,
            Rules = tables.Rules,
            Destinations = maps[..spaces.Length],
            MasqueradingPairs = [.. spaces.Select(static space => space.MasqueradingPairs.ToArray())],
            Pairs = ends,
            Exposes = tables.ExposesWith(maps.AsSpan(spaces.Length)),
            VirtualServices = services.Services,
            ServiceLines = services.Lines,
            BackendLines = services.BackendLines,
            BackendSources = services.BackendSources,
            SourceMatches = clients.Build(),
            Hosts = services.HostsWith(maps.AsSpan(0, spaces.Length)),
            Links = [.. config.Gateway.Links.Select(static link => link.Name)],
            SourceNatViews = sourceNats.Policies,
            SourceNatsOf = sourceNats.ByRealm,
            LeavingOf = [.. sourceNats.LeavingOf().Select((leaving, realm) => kinds.HasLeaving(realm) ? Leaving.Covered : leaving)],
            BackendEndpoints = BackendEndpoints.Of(services.Services),
            RoutedTimers = routedTimers,
            AddedRules = kinds.Rules,
            LeavingRules = kinds.Leaving,
            Acls = acls.Build(),
            Sequences = tables.Sequences,
            Cells = cells.Cells,
            Owned = [.. spaces.Select(static space => space.PublicAddresses.ToArray())],
            PortClaims = ClaimMerger.Merge(tables.Claims),
            PairNumbers = pairNumbers.ToFrozenDictionary(),
        };
    }

    private static void AddOwnPrefixes(ConfigSet config, RealmRegistry realms, RealmSpace[] spaces)
    {
        foreach (Realm realm in config.Realms)
            foreach (SubnetSpec subnet in realm.Vpc?.Subnets ?? [])
                spaces[NumberOf(realms, realm.Name)].AddOwn(subnet.Prefix);
        foreach (LinkSpec link in config.Gateway.Links)
        {
            RealmSpace space = spaces[NumberOf(realms, link.Realm)];
            foreach (LinkAddress address in link.Addresses)
            {
                space.AddOwn(address.Connected);
                space.AddOwn(IpPrefix.Host(address.Address));
            }

            foreach (RouteSpec route in link.Routes) space.AddOwn(route.To);
        }
    }

    private static ushort NumberOf(RealmRegistry realms, string name) =>
        realms.TryGet(name, out ushort number) ? number : throw new InvalidOperationException($"Realm '{name}' is not in the configuration's list of realms.");
}
