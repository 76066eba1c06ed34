using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Gateway.Health;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Policy;

namespace Sluice.Gateway.Composition;

/// <summary>A dataplane that does what a configuration asks for, and then what the next one asks for. Belongs to one control thread; views may come from any.</summary>
public sealed class ComposedGateway : IDisposable
{
    private readonly LinkSource source;
    private readonly Dictionary<string, OpenLink> links = new(StringComparer.Ordinal);
    private volatile ConfigInForce? inForce;
    private int configurations;

    /// <summary>Makes a gateway without links; nothing passes before <see cref="Apply"/>.</summary>
    public ComposedGateway(DataplaneOptions options, LinkSource source)
    {
        this.source = source;
        Engine = new PacketEngine(options);
    }

    /// <summary>The dataplane.</summary>
    public PacketEngine Engine { get; }

    /// <summary>Numbers of realm names.</summary>
    public RealmRegistry Realms { get; } = new();

    /// <summary>The configuration in force, with its number and its files; null before the first.</summary>
    public ConfigInForce? InForce => inForce;

    /// <summary>What the configuration in force asks for; null before the first.</summary>
    public ConfigSet? Config => inForce?.Set;

    /// <summary>Counts the configurations that were in force.</summary>
    public int Configurations => Volatile.Read(ref configurations);

    /// <summary>The links that are open, in the order of the configuration.</summary>
    public IEnumerable<(LinkSpec Spec, LinkPort Port)> Links =>
        Config is not { } config ? [] : config.Gateway.Links.Where(spec => links.ContainsKey(spec.Name)).Select(spec => (spec, links[spec.Name].Port));

    /// <summary>Routes of the kernel; they take effect with <see cref="ApplyRoutes"/> or the next configuration.</summary>
    public ImmutableArray<RouteFact> KernelRoutes { get; set; } = [];

    /// <summary>Addresses that the kernel has put on links; they take effect with <see cref="Reapply"/> or the next configuration.</summary>
    public ObservedAddresses Observed { get; } = new();

    /// <summary>What is known of backends' health; each policy is told of it before it is in force.</summary>
    public HealthBoard Health { get; } = new();

    /// <summary>The link of a number, or null.</summary>
    public string? NameOfLink(ushort index) => Engine.Rules.Ports.ElementAtOrDefault(index)?.Link.Name;

    /// <summary>What would become of the live sessions under a configuration, which changes nothing. Any thread may ask.</summary>
    public SessionFatesView Foresee(ConfigSet next)
    {
        GatewayPolicy policy = PolicyCompiler.Compile(Observed.Complete(next), Realms.Copy());
        Health.Mark(next, policy);
        return SessionFates.ViewOf(Engine.Forecast(policy));
    }

    /// <summary>Puts a configuration in force: opens and closes links, then swaps policy and routes at once.</summary>
    /// <param name="next">The configuration.</param>
    /// <param name="texts">The files that it was read from: kept to be shown.</param>
    /// <param name="generation">Its number; null: the GatewayAgent's own where it gives one, else one more than the last.</param>
    /// <returns>What becomes of the sessions that live at that moment; each of them meets its fate on its next packet, or when the sweep comes to it.</returns>
    /// <exception cref="LinkException">A link can't be opened; the configuration before stays in force.</exception>
    public SessionFatesView Apply(ConfigSet next, ConfigTexts? texts = null, long? generation = null)
    {
        ConfigSet whole = Observed.Complete(next);
        GatewayPolicy policy = PolicyCompiler.Compile(whole, Realms);
        Health.Mark(next, policy);
        SessionFatesView fates = SessionFates.ViewOf(Engine.Forecast(policy));
        var wanted = whole.Gateway.Links.Select((spec, order) => (Spec: spec, Identity: source.IdentityOf(spec, order), Order: order)).ToList();
        List<OpenLink> gone = [.. links.Values.Where(open => !wanted.Any(w => w.Spec.Name == open.Spec.Name && w.Identity.Equals(open.Identity)))];

        // A device of the gateway's own making has one name: where that is wanted again, the old one must go before the new one comes.
        foreach (OpenLink open in gone.Where(open => open.Spec.Driver is LinkDriver.Tun or LinkDriver.Tap))
            if (wanted.Any(w => w.Spec.Device == open.Spec.Device)) Close(open);
        OpenAll(wanted.Where(w => !links.TryGetValue(w.Spec.Name, out OpenLink? open) || gone.Contains(open)), gone);

        foreach ((LinkSpec spec, _, _) in wanted)
        {
            OpenLink open = links[spec.Name];
            if (ReferenceEquals(open.Spec, spec)) continue;
            LinkPort port = PortFor(spec, open.Port.Link, open.Port.Index);
            links[spec.Name] = open with { Spec = spec, Port = port };
            Engine.UpdateLink(port);
        }

        Engine.Router.Neighbors.SetFixed(wanted.SelectMany(w =>
            w.Spec.Neighbors.Select(n => (links[w.Spec.Name].Port.Index, n.Address, n.Mac))));
        long number = generation ?? next.Agent?.Generation ?? (inForce?.Generation ?? 0) + 1;
        inForce = new ConfigInForce(next, texts ?? ConfigInForce.NoTexts, number, Engine.Options.Time.GetUtcNow());
        Engine.Apply(policy, Routes(), new GatewayIdentity(next.Gateway.IdentityV4, next.Gateway.IdentityV6));
        Volatile.Write(ref configurations, configurations + 1);
        return fates;
    }

    /// <summary>Puts a configuration in force together with what stands beside the gateway. What that refuses takes the configuration back, so that both are of one mind.</summary>
    /// <param name="next">The configuration.</param>
    /// <param name="texts">The files that it was read from.</param>
    /// <param name="follow">Has the other side follow what is in force; asked again once the configuration before is back.</param>
    /// <exception cref="LinkException">A link can't be opened, or the other side refuses; the configuration before is in force, under its number.</exception>
    public SessionFatesView ApplyWith(ConfigSet next, ConfigTexts texts, Action follow)
    {
        ConfigInForce before = inForce ?? throw new InvalidOperationException("Nothing is in force that could be put back.");
        SessionFatesView fates = Apply(next, texts);
        try
        {
            follow();
        }
        catch (LinkException)
        {
            Apply(before.Set, before.Texts, before.Generation);
            follow();
            throw;
        }

        return fates;
    }

    /// <summary>Puts the configuration in force again, as links have other addresses now. It keeps its number and its time.</summary>
    public SessionFatesView Reapply()
    {
        ConfigInForce now = inForce ?? throw new InvalidOperationException("Nothing is in force.");
        SessionFatesView fates = Apply(now.Set, now.Texts, now.Generation);
        inForce = now;
        return fates;
    }

    /// <summary>Puts changed <see cref="KernelRoutes"/> in force.</summary>
    public void ApplyRoutes() => Engine.ApplyRoutes(Routes());

    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();

    private void OpenAll(IEnumerable<(LinkSpec Spec, object Identity, int Order)> absent, List<OpenLink> gone)
    {
        var added = new List<OpenLink>();
        try
        {
            foreach ((LinkSpec spec, object identity, int order) in absent.ToList())
            {
                Link link = source.Open(spec, order);
                var port = PortFor(spec, link, Engine.NextLinkIndex());
                try
                {
                    Engine.AddLink(port);
                }
                catch
                {
                    link.Dispose();
                    throw;
                }

                added.Add(new OpenLink(spec, identity, port));
            }
        }
        catch
        {
            foreach (OpenLink open in added) Engine.RemoveLink(open.Port.Index);
            throw;
        }

        foreach (OpenLink open in gone) Close(open);
        foreach (OpenLink open in added) links[open.Spec.Name] = open;
    }

    private void Close(OpenLink open)
    {
        if (links.TryGetValue(open.Spec.Name, out OpenLink? known) && ReferenceEquals(known, open)) links.Remove(open.Spec.Name);
        else return;
        Engine.RemoveLink(open.Port.Index);
    }

    private LinkPort PortFor(LinkSpec spec, Link link, ushort index) => new()
    {
        Index = index,
        Link = link,
        Realm = Realms.TryGet(spec.Realm, out ushort realm) ? realm : RealmRegistry.None,
        Vlan = link.Vlan,
        Addresses = [.. spec.Addresses.Select(a => new ConnectedAddress(a.Address, a.Connected))],
        AnswersForOwnAddresses = source.AnswersForOwnAddresses,
    };

    private IEnumerable<RouteFact> Routes() =>
    [
        .. links.Values.SelectMany(open => open.Spec.Routes.Select(r => new RouteFact(open.Port.Index, r.To, r.Via, RouteOrigin.Document))),
        .. KernelRoutes,
    ];

    private sealed record OpenLink(LinkSpec Spec, object Identity, LinkPort Port);
}
