using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>Compiles one end of a peering: what it exposes, as the sources of its own packets and as the destinations of the other end's.</summary>
internal sealed class PairCompiler(ConfigSet config, PolicyTables tables, Peering peering, IpFamily[] families)
{
    // What forwards have of an address comes before what else covers it; of two forwards of one inside endpoint the first listed wins.
    private const int ForwardPreference = 2000;

    private readonly CellMapBuilder sources = new(Source.PackCell);
    private readonly List<int> pools = [];
    private PairPlace at;

    private readonly record struct PairPlace(ushort From, ushort To, RealmSpace Own, int Number, RealmSpace Others);

    /// <summary>By private address: how it is exposed.</summary>
    internal CellMapBuilder Sources => sources;

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
    /// <param name="number">The pair's number; with its lowest bit turned, that of the other direction.</param>
    /// <param name="others">The address space of the other end's realm.</param>
    internal PairView Compile(PeeringEnd end, ushort from, ushort to, RealmSpace own, int number, RealmSpace others)
    {
        at = new PairPlace(from, to, own, number, others);
        foreach (Expose expose in end.Exposes)
        {
            uint rule = tables.AddRule(RuleName(end, expose), (expose.Forward?.Place ?? expose.Place).ToString());
            if (expose.IsDefault) AddDefault(expose, rule);
            else if (expose.Nat == NatKind.Masquerade) AddMasquerade(expose, rule);
            else if (expose.Nat == NatKind.Static) AddStatic(expose, rule);
            else if (expose.Nat == NatKind.PortForward) AddForward(expose, rule);
            else AddPlain(expose, rule);
        }

        if (pools.Count > 0) own.MasqueradingPairs.Add(number);
        return new PairView(from, to, default, [.. pools]);
    }

    // Packets that the other end sends to this one are of the pair of the other direction.
    private int Reverse => at.Number ^ 1;

    private void AddDefault(Expose expose, uint rule)
    {
        int view = tables.AddExpose(ViewOf(expose, ExposeKind.Plain, rule));
        foreach (IpFamily family in families)
        {
            at.Others.AddPeerDefault(family, Reverse);
            sources.Add(new IpRange(new IpPrefix(new IpAddress(family, 0), 0)), Source.Pack(view), 0);
        }

        RealmSpace.AddSpecialUse(sources);
    }

    private void AddPlain(Expose expose, uint rule)
    {
        int view = tables.AddExpose(ViewOf(expose, ExposeKind.Plain, rule));
        AddSources(expose, view);
        foreach ((IpRange range, PortRange ports, int length) in ExposedAddresses.WithLengths(expose.Spec.Ips)) at.Others.AddPeer(range, ports, length, Reverse);
    }

    private void AddMasquerade(Expose expose, uint rule)
    {
        SessionProfile profile = ProfileCompiler.Compile(config.ProfileOf(expose));
        var definition = new PoolDefinition(at.To, ExposedAddresses.InOrder(expose.Spec.As), profile);
        int pool = tables.AddPool(definition);
        if (!pools.Contains(pool)) pools.Add(pool);
        FlowConduct inward = ProfileCompiler.OutsideRefreshes(profile) ? FlowConduct.None : FlowConduct.NoRefresh;
        AddSources(expose, tables.AddExpose(ViewOf(expose, ExposeKind.Masquerade, rule) with { Pool = pool, Inward = inward }));
        foreach (IpRange range in definition.Addresses)
        {
            at.Others.AddPublic(range);
            at.Own.AddHairpin(range, at.Number);
        }
    }

    private void AddStatic(Expose expose, uint rule)
    {
        ExposeView view = ViewOf(expose, ExposeKind.Static, rule);
        if (StaticLayout.TryShift(expose.Private, expose.Public, out List<ShiftedPiece> pieces))
        {
            foreach (ShiftedPiece piece in pieces) AddShifted(piece, piece.IsWhole ? CellProtocols.All : CellProtocols.Ported, view, SourcePreference(piece.Private));
            return;
        }

        view = view with { Sequence = tables.AddSequence(new PortSequence(expose.Private, expose.Public)) };
        for (int i = 0; i < expose.Private.Items.Length; i++)
        {
            PortedPrefix item = expose.Private.Items[i];
            var range = new IpRange(item.Prefix);
            sources.Add(range, new CellEntry(CellProtocols.Ported, item.Ports, Source.Pack(tables.AddExpose(view with { Piece = i }))), SourcePreference(range));
        }

        for (int i = 0; i < expose.Public.Items.Length; i++)
        {
            PortedPrefix item = expose.Public.Items[i];
            AddTranslated(new IpRange(item.Prefix), CellProtocols.Ported, item.Ports, tables.AddExpose(view with { Piece = i }), rule);
        }
    }

    private void AddForward(Expose expose, uint rule)
    {
        // A forward's two prefixes have one length and its two ranges one width.
        PortedPrefix inside = expose.Private.Items[0], outside = expose.Public.Items[0];
        CellProtocols protocols = expose.Forward!.Protocol switch
        {
            ForwardProtocol.Tcp => CellProtocols.Tcp,
            ForwardProtocol.Udp => CellProtocols.Udp,
            _ => CellProtocols.Ported,
        };
        FlowConduct inward = ProfileCompiler.OutsideRefreshesForwards(config.ProfileOf(expose)) ? FlowConduct.None : FlowConduct.NoRefresh;
        var piece = new ShiftedPiece(new IpRange(inside.Prefix), inside.Ports, new IpRange(outside.Prefix), outside.Ports);
        AddShifted(piece, protocols, ViewOf(expose, ExposeKind.Forward, rule) with { Inward = inward }, ForwardPreference);
        if ((protocols & CellProtocols.Tcp) != 0) tables.Claims.Add(new PortClaim(at.To, piece.Public, PortClass.Tcp, outside.Ports));
        if ((protocols & CellProtocols.Udp) != 0) tables.Claims.Add(new PortClaim(at.To, piece.Public, PortClass.Udp, outside.Ports));
    }

    private void AddShifted(in ShiftedPiece piece, CellProtocols protocols, in ExposeView template, int preference)
    {
        int view = tables.AddExpose(template with
        {
            Shift = piece.Public.First.Value - piece.Private.First.Value,
            PortShift = (ushort)(piece.PublicPorts.First - piece.PrivatePorts.First),
        });
        sources.Add(piece.Private, new CellEntry(protocols, piece.PrivatePorts, Source.Pack(view)), preference);
        AddTranslated(piece.Public, protocols, piece.PublicPorts, view, template.Rule);
    }

    private void AddTranslated(IpRange publics, CellProtocols protocols, PortRange ports, int view, uint rule)
    {
        at.Others.AddTranslated(publics, protocols, ports, view, rule);
        at.Own.AddTranslatedHairpin(publics, protocols, ports, view);
    }

    private void AddSources(Expose expose, int view)
    {
        // By the entries as written: what has no ports is covered by an entry without ports, also where another entry names some of the same address.
        foreach ((IpRange range, PortRange ports, _) in ExposedAddresses.WithLengths(expose.Spec.Ips))
            sources.Add(range, RealmSpace.Entry(ports, Source.Pack(view)), SourcePreference(range));
    }

    private ExposeView ViewOf(Expose expose, ExposeKind kind, uint rule) => new()
    {
        Kind = kind,
        Pool = Decision.NoPool,
        Timers = tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(expose))),
        Rule = rule,
        Pair = at.Number,
        Realm = at.From,
    };

    // Named prefixes lie before special-use space, which only a default expose is kept from.
    private static int SourcePreference(IpRange range) => 1000 + PrefixMapBuilder.SpecificityOf(range);

    private string RuleName(PeeringEnd end, Expose expose)
    {
        string how = expose.IsDefault ? "default" : expose.Nat switch
        {
            NatKind.Masquerade => "masquerade",
            NatKind.Static => "static",
            NatKind.PortForward => $"portForward {ProtocolOf(expose.Forward!)}{expose.Forward!.Public} to {expose.Forward!.Private}",
            _ => "no NAT",
        };
        return $"peering {peering.Name}, {end.Realm} expose {expose.Spec.Index + 1} ({how})";
    }

    private static string ProtocolOf(ForwardSpec forward) => forward.Protocol switch
    {
        ForwardProtocol.Tcp => "tcp ",
        ForwardProtocol.Udp => "udp ",
        _ => "",
    };
}
