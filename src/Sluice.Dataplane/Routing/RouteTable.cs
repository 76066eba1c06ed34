using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>The routes of all realms, immutable. A change of links or routes makes a new table.</summary>
/// <remarks>
/// Of the routes that cover a destination the longest prefix is taken; of equal ones a document's, then a connected one, then the kernel's. A realm with one link
/// sends out of it whatever has no better route: on Ethernet the destination itself is then the neighbour. The gateway's own addresses are local.
/// </remarks>
public sealed unsafe class RouteTable
{
    private readonly PrefixMap[] realms;
    private readonly Target[] targets;

    // By target, the handle that was found last where the neighbour is the same for all destinations. A handle tells by itself whether it still holds.
    private readonly uint[] kept;

    private RouteTable(PrefixMap[] realms, Target[] targets, ImmutableArray<RouteFact> routes)
    {
        this.realms = realms;
        this.targets = targets;
        kept = new uint[targets.Length];
        Routes = routes;
    }

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new([], [], []);

    /// <summary>All routes that the table was made of, connected and implied ones too, for people.</summary>
    public ImmutableArray<RouteFact> Routes { get; }

    /// <summary>Makes a table. Routes out of links that are not there are left out.</summary>
    /// <param name="links">The links.</param>
    /// <param name="routes">Documents' and kernel's routes; connected and implied ones follow from the links.</param>
    public static RouteTable Build(IReadOnlyCollection<LinkFacts> links, IEnumerable<RouteFact> routes)
    {
        Dictionary<ushort, LinkFacts> byIndex = links.ToDictionary(static link => link.Index);
        ImmutableArray<RouteFact> all =
        [
            .. links.SelectMany(Connected),
            .. routes.Where(route => byIndex.ContainsKey(route.Link)),
            .. links.GroupBy(static link => link.Realm).Where(static realm => realm.Count() == 1).SelectMany(static realm => Implied(realm.Single())),
        ];

        var found = new List<Target> { default };
        var builders = new PrefixMapBuilder[links.Count == 0 ? 0 : links.Max(static link => link.Realm) + 1];
        for (int realm = 0; realm < builders.Length; realm++) builders[realm] = new PrefixMapBuilder();
        foreach (LinkFacts link in links)
            foreach (ConnectedAddress own in link.Addresses)
                builders[link.Realm].Add(new IpRange(own.Address, own.Address), 0, int.MaxValue);
        foreach (RouteFact route in all)
        {
            LinkFacts link = byIndex[route.Link];
            builders[link.Realm].Add(new IpRange(route.To), found.Count, route.To.Length * 4 + (int)route.Origin);
            found.Add(new Target(link.Index, link.HasEthernet, route.Via is not null, route.Via ?? default));
        }

        return new RouteTable(PrefixMapBuilder.BuildAll(builders), [.. found], all);
    }

    /// <summary>Whether the address is one of the gateway's own in that realm.</summary>
    public bool IsOwn(ushort realm, in IpAddress address) => realm < realms.Length && realms[realm].Find(address) == 0;

    /// <summary>"None" as a link: there is no route, or the address is the gateway's own.</summary>
    public const int NoLink = -1;

    /// <summary>The link by which a destination is reached, or <see cref="NoLink"/>. Makes no next hop.</summary>
    public int LinkTowards(ushort realm, in IpAddress destination)
    {
        int found = realm < realms.Length ? realms[realm].Find(destination) : PrefixMap.Miss;
        return found <= 0 ? NoLink : targets[found].Link;
    }

    /// <summary>The next hop towards a destination: a handle, or <see cref="NextHopTable.NoRoute"/>, <see cref="NextHopTable.Local"/> or <see cref="NextHopTable.Full"/>.</summary>
    /// <remarks>Allocates nothing. A neighbour that is met for the first time gets its next hop here.</remarks>
    public uint Resolve(ushort realm, in IpAddress destination, NextHopTable nextHops, NeighborTable neighbors)
    {
        if (realm >= realms.Length) return NextHopTable.NoRoute;
        int found = realms[realm].Find(destination);
        if (found <= 0) return found == 0 ? NextHopTable.Local : NextHopTable.NoRoute;
        uint handle = Volatile.Read(ref kept[found]);
        return handle != 0 && nextHops.At(handle)->Handle == handle ? handle : FindSlow(found, in destination, nextHops, neighbors);
    }

    // Asking the index each time cost a new session 25 ns, a tenth of all.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint FindSlow(int found, in IpAddress destination, NextHopTable nextHops, NeighborTable neighbors)
    {
        ref readonly Target target = ref targets[found];
        IpAddress neighbor = target.HasVia ? target.Via : destination;
        if (!target.HasEthernet) neighbor = new IpAddress(destination.Family, 0);
        uint handle = nextHops.FindOrAdd(target.Link, neighbor, destination.Family, neighbors);
        if (NextHopTable.IsHandle(handle) && (target.HasVia || !target.HasEthernet)) Volatile.Write(ref kept[found], handle);
        return handle;
    }

    /// <summary>The route towards a destination as it was written, for people; makes no next hop.</summary>
    public RouteLookup Look(ushort realm, in IpAddress destination)
    {
        int found = realm < realms.Length ? realms[realm].Find(destination) : PrefixMap.Miss;
        // Targets are numbered as the routes are listed, from 1.
        return found <= 0 ? new RouteLookup(found == 0, Route: null) : new RouteLookup(IsOwn: false, Routes[found - 1]);
    }

    private static IEnumerable<RouteFact> Connected(LinkFacts link) =>
        link.Addresses.Select(own => new RouteFact(link.Index, own.Connected, null, RouteOrigin.Connected));

    private static IEnumerable<RouteFact> Implied(LinkFacts link) =>
    [
        new RouteFact(link.Index, new IpPrefix(IpAddress.V4(0), 0), null, RouteOrigin.Implied),
        new RouteFact(link.Index, new IpPrefix(IpAddress.V6(0), 0), null, RouteOrigin.Implied),
    ];

    // Number 0 of the list stands for the gateway's own addresses; it is never followed.
    private readonly record struct Target(ushort Link, bool HasEthernet, bool HasVia, IpAddress Via);
}
