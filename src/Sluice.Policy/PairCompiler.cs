using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>Compiles one end of a peering: what it exposes, as the sources of its own packets and as the destinations of the other end's.</summary>
internal sealed class PairCompiler(ConfigSet config, PolicyTables tables, Peering peering, IpFamily[] families)
{
    private readonly PrefixMapBuilder sources = new();
    private readonly List<int> pools = [];

    /// <summary>By private address: the number of the expose that covers it.</summary>
    internal PrefixMapBuilder Sources => sources;

    /// <summary>A default expose is of the families that the rest of its peering is of.</summary>
    internal static IpFamily[] FamiliesOf(Peering peering)
    {
        IpFamily[] families =
        [
            .. peering.Left.Exposes.Concat(peering.Right.Exposes)
                .SelectMany(static expose => expose.Private.Items).Select(static item => item.Prefix.Family).Distinct(),
        ];
        return families.Length == 0 ? [IpFamily.V4, IpFamily.V6] : families;
    }

    /// <summary>Compiles the end, but for its sources: all maps of a policy are built together.</summary>
    /// <param name="end">The end.</param>
    /// <param name="from">Its realm.</param>
    /// <param name="to">The other end's realm.</param>
    /// <param name="own">The address space of its realm.</param>
    /// <param name="number">The pair's number.</param>
    /// <param name="others">The address space of the other end's realm.</param>
    /// <param name="reverse">The number of the pair of the other direction: what the other end's packets to this one are of.</param>
    internal PairView Compile(PeeringEnd end, ushort from, ushort to, RealmSpace own, int number, RealmSpace others, int reverse)
    {
        foreach (Expose expose in end.Exposes)
        {
            uint rule = tables.AddRule(RuleName(end, expose), expose.Place.ToString());
            if (expose.IsDefault) AddDefault(expose, rule, others, reverse);
            else if (expose.Nat == NatKind.None) AddPlain(expose, rule, others, reverse);
            else if (expose.Nat == NatKind.Masquerade) AddMasquerade(expose, rule, to, own, number, others);
        }

        if (pools.Count > 0) own.MasqueradingPairs.Add(number);
        return new PairView(from, to, default, [.. pools]);
    }

    private void AddDefault(Expose expose, uint rule, RealmSpace others, int reverse)
    {
        int number = tables.AddExpose(PlainView(expose, rule));
        foreach (IpFamily family in families)
        {
            others.AddPeerDefault(family, reverse);
            sources.Add(new IpPrefix(new IpAddress(family, 0), 0), number);
        }

        RealmSpace.AddSpecialUse(sources);
    }

    private void AddPlain(Expose expose, uint rule, RealmSpace others, int reverse)
    {
        int number = tables.AddExpose(PlainView(expose, rule));
        foreach (PortedPrefix item in expose.Private.Items) sources.Add(new IpRange(item.Prefix), number, SourcePreference(item.Prefix));
        foreach ((IpRange range, int length) in ExposedAddresses.WithLengths(expose.Spec.Ips)) others.AddPeer(range, length, reverse);
    }

    private void AddMasquerade(Expose expose, uint rule, ushort to, RealmSpace own, int number, RealmSpace others)
    {
        SessionProfile profile = ProfileCompiler.Compile(config.ProfileOf(expose));
        var definition = new PoolDefinition(to, ExposedAddresses.InOrder(expose.Spec.As), profile);
        int pool = tables.AddPool(definition);
        if (!pools.Contains(pool)) pools.Add(pool);
        FlowConduct inward = ProfileCompiler.OutsideRefreshes(profile) ? FlowConduct.None : FlowConduct.NoRefresh;
        int timers = tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(expose)));
        int view = tables.AddExpose(new ExposeView(ExposeKind.Masquerade, inward, pool, timers, rule));
        foreach (PortedPrefix item in expose.Private.Items) sources.Add(new IpRange(item.Prefix), view, SourcePreference(item.Prefix));
        foreach (IpRange range in definition.Addresses)
        {
            others.AddPublic(range);
            own.AddHairpin(range, number);
        }
    }

    private ExposeView PlainView(Expose expose, uint rule) => new(
        ExposeKind.Plain, FlowConduct.None, Decision.NoPool, tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(expose))), rule);

    // Named prefixes lie before special-use space, which only a default expose is kept from.
    private static int SourcePreference(IpPrefix prefix) => 1000 + prefix.Length;

    private string RuleName(PeeringEnd end, Expose expose)
    {
        string how = expose.IsDefault ? "default" : expose.Nat switch
        {
            NatKind.Masquerade => "masquerade",
            NatKind.Static => "static",
            NatKind.PortForward => "portForward",
            _ => "no NAT",
        };
        return $"peering {peering.Name}, {end.Realm} expose {expose.Spec.Index + 1} ({how})";
    }
}
