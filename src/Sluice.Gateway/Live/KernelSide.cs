using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Gateway.Composition;
using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Mirror;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Live;

/// <summary>
/// The kernel beside a running gateway: it keeps addresses, routes and neighbours, and is silenced for what is the gateway's. Used by the control thread;
/// what the mirror tells from its own thread is posted there.
/// </summary>
internal sealed class KernelSide : IKernelObserver, IDisposable
{
    private const int FirstReadingMilliseconds = 5000;

    private static readonly IpPrefix LinkLocal = IpPrefix.Parse("fe80::/10");
    private static readonly IpPrefix Groups = IpPrefix.Parse("ff00::/8");

    private readonly ComposedGateway gateway;
    private readonly Action<Action> post;
    private readonly GatewayLog log;
    private readonly InterfaceAddresses interfaceAddresses = new();
    private readonly KernelNeighbors neighbors = new();
    private readonly KernelMirror mirror;
    private readonly Dictionary<ushort, RealmSilence> silences = [];
    private readonly Dictionary<int, IReadOnlyList<InterfaceAddress>> kernelAddresses = [];
    private readonly HashSet<int> furnished = [];
    private IReadOnlyList<KernelRoute> kernelRoutes = [];
    private readonly ManualResetEventSlim read = new();
    private bool started;
    private bool linksHaveOthers;

    public KernelSide(ComposedGateway gateway, Action<Action> post, GatewayLog log)
    {
        this.gateway = gateway;
        this.post = post;
        this.log = log;
        mirror = new KernelMirror([], this);
    }

    /// <summary>What ended the mirror, if it ended by itself.</summary>
    public Exception? Failure => mirror.Failure;

    private PacketEngine Engine => gateway.Engine;

    private IEnumerable<(LinkSpec Spec, LinkPort Port)> KernelLinks => gateway.Links.Where(l => l.Port.Link.InterfaceIndex != 0);

    /// <summary>Follows the links that the gateway has now.</summary>
    public void Follow()
    {
        PutAddresses();
        mirror.Follow(KernelLinks.Select(l => l.Spec.Device));
        if (!started)
        {
            started = true;
            mirror.Start();
        }

        Observe();
        Silence();
        gateway.KernelRoutes = [.. FactsOf(kernelRoutes)];
    }

    /// <summary>Waits until the kernel's tables have been read once and posted; not on the control thread. A kernel that is slow to tell is not waited for without end.</summary>
    public void AwaitFirstReading() => read.Wait(FirstReadingMilliseconds);

    /// <summary>Asks the kernel for neighbours that packets wait for.</summary>
    public void AskWanted()
    {
        while (Engine.Router.NextHops.TryTakeWanted(out ushort link, out IpAddress address))
            if (PortOf(link) is { } port) neighbors.Ask(port.Link.InterfaceIndex, address);
    }

    /// <summary>Lets the kernel check the neighbours in use, so that it neither forgets them nor keeps a wrong one.</summary>
    public void ConfirmNeighbors()
    {
        foreach ((ushort link, IpAddress address, _, bool isFixed) in Engine.Router.Neighbors.All)
            if (!isFixed && PortOf(link) is { } port) neighbors.Confirm(port.Link.InterfaceIndex, address);
    }

    /// <summary>Follows the host's own sockets.</summary>
    public void KeepHostPorts()
    {
        foreach (RealmSilence silence in silences.Values) silence.KeepHostPorts();
    }

    public void LinkChanged(KernelLink link) => post(() =>
    {
        if (gateway.Links.FirstOrDefault(l => l.Spec.Device == link.Name).Port is not { } port) return;
        if (!link.Present) log.Warning($"link {port.Link.Name}: the interface {link.Name} is gone");
        else if (!link.Up) log.Warning($"link {port.Link.Name}: the interface {link.Name} is down");
    });

    public void AddressesChanged(int interfaceIndex, IReadOnlyList<InterfaceAddress> addresses) => post(() =>
    {
        kernelAddresses[interfaceIndex] = addresses;
        Observe();
        foreach ((_, LinkPort port) in KernelLinks.Where(l => l.Port.Link.InterfaceIndex == interfaceIndex))
        {
            if (!silences.TryGetValue(port.Realm, out RealmSilence? silence)) continue;
            silence.SetAddresses(interfaceIndex, AddressesOf(port));
            silence.SetPublic(Engine.Rules.Policy);
        }
    });

    /// <summary>Whether links have other addresses than the configuration in force knows of; asked once, it is no news any more.</summary>
    public bool TakeNewsOfAddresses()
    {
        bool news = linksHaveOthers;
        linksHaveOthers = false;
        return news;
    }

    public void RoutesChanged(IReadOnlyList<KernelRoute> routes) => post(() =>
    {
        kernelRoutes = routes;
        ImmutableArray<RouteFact> facts = [.. FactsOf(routes)];
        if (facts.AsSpan().SequenceEqual(gateway.KernelRoutes.AsSpan())) return;
        gateway.KernelRoutes = facts;
        gateway.ApplyRoutes();
    });

    public void NeighborChanged(int interfaceIndex, IpAddress address, MacAddress? mac, bool usable) => post(() =>
    {
        foreach ((_, LinkPort port) in KernelLinks.Where(l => l.Port.Link.InterfaceIndex == interfaceIndex))
        {
            if (usable && mac is { } known) Engine.Router.Neighbors.Learn(port.Index, address, known);
            else Engine.Router.Neighbors.Forget(port.Index, address);
        }
    });

    public void Resynchronized()
    {
        read.Set();
        if (mirror.Overruns is > 0 and var overruns) post(() => log.Info($"the kernel's tables were read again (netlink overrun {overruns})"));
    }

    public void Dispose()
    {
        mirror.Dispose();
        neighbors.Dispose();
        foreach (RealmSilence silence in silences.Values) silence.Dispose();
        interfaceAddresses.Dispose();
        read.Dispose();
    }

    // What the gateway itself has put on an interface is no observation: the documents say it, or have said it.
    private void Observe()
    {
        foreach ((LinkSpec spec, LinkPort port) in KernelLinks)
        {
            IEnumerable<InterfaceAddress> given = kernelAddresses.GetValueOrDefault(port.Link.InterfaceIndex, [])
                .Where(address => !interfaceAddresses.Added.Contains((port.Link.InterfaceIndex, address)));
            linksHaveOthers |= gateway.Observed.Set(spec.Device, given.Select(static address => (address.Address, address.Prefix)));
        }
    }

    // An interface that is no link any more gets rid of what was put on it for the link.
    private void PutAddresses()
    {
        foreach (int gone in furnished.Where(index => !KernelLinks.Any(l => l.Port.Link.InterfaceIndex == index)).ToArray())
        {
            furnished.Remove(gone);
            interfaceAddresses.Set(gone, []);
        }

        foreach ((LinkSpec spec, LinkPort port) in KernelLinks)
        {
            furnished.Add(port.Link.InterfaceIndex);
            interfaceAddresses.Set(port.Link.InterfaceIndex, [.. spec.Addresses.Select(a => new InterfaceAddress(a.Address, a.Connected.Length))]);
        }
    }

    private void Silence()
    {
        foreach ((ushort realm, RealmSilence silence) in silences)
            foreach (ushort link in silence.Links)
                if (!KernelLinks.Any(l => l.Port.Index == link && l.Port.Realm == realm)) silence.Remove(link);

        // A TUN link's packets don't reach the kernel unless the gateway sends them there.
        foreach ((LinkSpec spec, LinkPort port) in KernelLinks.Where(l => l.Spec.Driver == LinkDriver.AfPacket))
        {
            if (!silences.TryGetValue(port.Realm, out RealmSilence? silence))
                silences[port.Realm] = silence = new RealmSilence(port.Realm, Engine.Store);
            silence.SetAddresses(port.Link.InterfaceIndex, AddressesOf(port));
            silence.Add(port.Index, port.Link.InterfaceIndex, spec.Device, port.Link.HasEthernet);
        }

        foreach ((ushort realm, RealmSilence silence) in silences.ToArray())
        {
            if (silence.IsEmpty)
            {
                silence.Dispose();
                silences.Remove(realm);
            }
            else
            {
                silence.SetPublic(Engine.Rules.Policy);
            }
        }
    }

    // The configuration's addresses count from the first moment, whether the mirror has seen them yet or not.
    private IReadOnlyList<IpAddress> AddressesOf(LinkPort port) =>
    [
        .. port.Addresses.Select(a => a.Address)
            .Concat(kernelAddresses.GetValueOrDefault(port.Link.InterfaceIndex, []).Select(a => a.Address)).Distinct(),
    ];

    // Routes come sorted by prefix and metric, so the first of each prefix and realm is the kernel's choice.
    private IEnumerable<RouteFact> FactsOf(IReadOnlyList<KernelRoute> routes)
    {
        var seen = new HashSet<(ushort, IpPrefix)>();
        foreach (KernelRoute route in routes)
        {
            if (route.Kind != KernelRouteKind.Unicast || LinkLocal.Overlaps(route.Destination) || Groups.Overlaps(route.Destination)) continue;
            foreach ((_, LinkPort port) in KernelLinks.Where(l => l.Port.Link.InterfaceIndex == route.InterfaceIndex))
                if (seen.Add((port.Realm, route.Destination))) yield return new RouteFact(port.Index, route.Destination, route.Gateway, RouteOrigin.Kernel);
        }
    }

    private LinkPort? PortOf(ushort link) => Engine.Rules.Ports.ElementAtOrDefault(link);
}
