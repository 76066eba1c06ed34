using System.Globalization;
using System.Text.Json;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>What <c>sluice show</c> prints for people.</summary>
internal static class ShowTables
{
    public static void Write(CommandContext context, string what, JsonElement result)
    {
        switch (what)
        {
            case "sessions": Sessions(context, result.Deserialize(GatewayJson.Default.SessionsView)!); break;
            case "drops": Drops(context, result.Deserialize(GatewayJson.Default.DropsView)!); break;
            case "links": Links(context, result.Deserialize(GatewayJson.Default.LinksView)!); break;
            case "routes": Routes(context, result.Deserialize(GatewayJson.Default.RoutesView)!); break;
            case "mappings": Mappings(context, result.Deserialize(GatewayJson.Default.MappingsView)!); break;
            case "pools": Pools(context, result.Deserialize(GatewayJson.Default.PoolsView)!); break;
            case "peerings": PeeringText.Peerings(context, result.Deserialize(GatewayJson.Default.PeeringsView)!); break;
            case "translations": TranslationText.Translations(context, result.Deserialize(GatewayJson.Default.TranslationsView)!); break;
            case "sources": TranslationText.Sources(context, result.Deserialize(GatewayJson.Default.SourcesView)!); break;
            case "config": PeeringText.Config(context, result.Deserialize(GatewayJson.Default.ConfigView)!); break;
            default: Status(context, result.Deserialize(GatewayJson.Default.StatusView)!); break;
        }
    }

    private static void Sessions(CommandContext context, SessionsView view)
    {
        var table = new TextTable(">id", "proto", "state", "?realms", "source", "destination", "seen as", "?under", "?>packets", "?>bytes", "?>idle", "?>ends in");
        foreach (SessionView s in view.Sessions)
        {
            string seenAs = s.TranslatedDestination == s.Destination ? s.TranslatedSource : $"{s.TranslatedSource} to {s.TranslatedDestination}";
            table.Add(
                Number(s.Id), s.Protocol, s.State, s.From == s.To ? s.From : $"{s.From} to {s.To}", s.Source, s.Destination, seenAs, SessionText.Under(s) is { Length: > 0 } under ? under : "-",
                $"{s.Original.Packets}/{s.Reply.Packets}", $"{s.Original.Bytes}/{s.Reply.Bytes}", Seconds(s.IdleSeconds), Seconds(s.ExpiresInSeconds));
        }

        Write(context, table, "no session is live", view.Total > 0);
        Foot(context, view.Sessions.Count, view.Total, "session");
    }

    private static void Drops(CommandContext context, DropsView view)
    {
        var table = new TextTable(">packets", "reason", "meaning");
        foreach (DropView drop in view.Drops) table.Add(Number(drop.Packets), drop.Reason, drop.Words);
        Write(context, table, "nothing has been dropped", isElsewhere: false);
        if (view.Total > 0) context.Output.WriteLine($"{view.Total} dropped");
    }

    private static void Links(CommandContext context, LinksView view)
    {
        var table = new TextTable("link", "?driver", "?device", "realm", "addresses", "?mac", "?>mtu", ">received", ">sent", ">refused", ">lost");
        foreach (LinkView l in view.Links)
        {
            table.Add(l.Name, l.Driver, l.Device, l.Realm, string.Join(' ', l.Addresses), l.Mac ?? "-", Number((ulong)l.Mtu),
                Number(l.Received), Number(l.Sent), Number(l.Refused), Number(l.Lost));
        }

        Write(context, table, "no link is open", isElsewhere: false);
    }

    private static void Routes(CommandContext context, RoutesView view)
    {
        var table = new TextTable("realm", "to", "via", "link", "from");
        foreach (RouteView r in view.Routes) table.Add(r.Realm, r.To, r.Via ?? "-", r.Link, r.From);
        Write(context, table, "no realm has a route", isElsewhere: false);
    }

    private static void Mappings(CommandContext context, MappingsView view)
    {
        var table = new TextTable("proto", "realm", "inside", "seen by", "as", ">sessions");
        foreach (MappingView m in view.Mappings) table.Add(m.Protocol, m.Realm, m.Inside, m.PublicRealm, m.Public, Number((ulong)m.Sessions));
        Write(context, table, "no mapping is live", view.Total > 0);
        Foot(context, view.Mappings.Count, view.Total, "mapping");
    }

    private static void Pools(CommandContext context, PoolsView view)
    {
        var table = new TextTable("address", "proto", ">in use", ">resting", ">total", ">used");
        foreach (PoolView p in view.Pools)
        {
            double share = p.Total == 0 ? 0 : 100.0 * (p.InUse + p.Held) / p.Total;
            table.Add(p.Address, p.Protocol, Number((ulong)p.InUse), Number((ulong)p.Held), Number((ulong)p.Total), $"{share:F1} %");
        }

        Write(context, table, "no pool is in force: no expose masquerades, and no source NAT has an address", isElsewhere: false);
    }

    private static void Status(CommandContext context, StatusView view)
    {
        PacketsView p = view.Packets;
        ulong dropped = p.Dropped.Values.Aggregate(0UL, (sum, n) => sum + n);
        var table = new TextTable("what", ">count");
        table.Add("configuration", Number((ulong)view.Generation));
        table.Add("up", Seconds(view.UptimeSeconds));
        table.Add("workers", Number((ulong)view.Workers));
        table.Add("sessions", Number((ulong)view.Sessions));
        table.Add("mappings", Number((ulong)view.Mappings));
        table.Add("packets in", Number(p.In));
        table.Add("packets made", Number(p.Made));
        table.Add("packets out", Number(p.Out));
        table.Add("packets consumed", Number(p.Consumed));
        table.Add("packets held", Number(p.Held));
        table.Add("packets dropped", Number(dropped));
        table.Write(context);
    }

    // Nothing is said in words; rows that a filter or a limit left out are counted by the foot.
    private static void Write(CommandContext context, TextTable table, string nothing, bool isElsewhere)
    {
        if (!table.IsEmpty) table.Write(context);
        else if (!isElsewhere) context.Output.WriteLine(nothing);
    }

    private static void Foot(CommandContext context, int shown, long total, string noun)
    {
        if (total == 0) return;
        string all = total == 1 ? $"1 {noun}" : $"{total} {noun}s";
        context.Output.WriteLine(shown < total ? $"{shown} of {all}" : all);
    }

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Seconds(double seconds) => seconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)}:{(int)(seconds / 60) % 60:D2}:{(int)seconds % 60:D2}");
}
