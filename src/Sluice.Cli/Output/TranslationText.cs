using System.Globalization;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>What <c>sluice show translations</c> and <c>sluice show sources</c> print for people.</summary>
internal static class TranslationText
{
    public static void Translations(CommandContext context, TranslationsView view)
    {
        TextWriter output = context.Output;
        foreach (TranslationView t in view.Translations)
        {
            output.WriteLine($"{t.Name}  ({t.Place})");
            string keeps = t.AffinitySeconds is { } seconds ? $", clients keep their backend for {ShowTables.Seconds(seconds)}" : "";
            string ports = t.Ports == "all" ? "all ports" : $"port {t.Ports}";
            output.WriteLine($"  {t.Address ?? "nowhere: its link has no address"} {ports} {t.Protocol} in {t.Realm}: {t.Mode}, {t.Method}{keeps}");
            bool hasClients = t.AffinitySeconds is not null;
            string[] columns = ["backend", "state", ">weight", ">share", ">active", ">new", "?>expired", ">packets", ">bytes", .. hasClients ? (string[])["?>clients"] : []];
            var table = new TextTable(columns);
            foreach (BackendView b in t.Backends)
            {
                string source = b.Source is null ? "" : $" as {b.Source}";
                string[] row = [$"{b.Endpoint}{(b.Direct ? " direct" : "")}{source}", b.State, Number(b.Weight), Percent(b.Share), .. Counts(b.Counts), .. hasClients ? (string[])[Number(b.Clients)] : []];
                table.Add(row);
            }

            if (t.Backends.Count == 0) output.WriteLine("  no backend: new sessions are refused");
            else table.Write(context);
            Notes(output, t);
            output.WriteLine();
        }

        if (view.Affinity.Unremembered > 0) output.WriteLine($"{view.Affinity.Unremembered} sessions found no room to remember their client ({view.Affinity.Capacity} at most)");
        output.WriteLine(view.Total == 0 ? "no translation is in force" : Foot(view.Translations.Count, view.Total, "translation", "translations"));
    }

    public static void Sources(CommandContext context, SourcesView view)
    {
        TextWriter output = context.Output;
        foreach (SourceView s in view.Sources)
        {
            output.WriteLine($"{s.Name}  ({s.Place})");
            string links = s.Links.Count == 0 ? "all links" : string.Join(", ", s.Links);
            output.WriteLine(s.Says is { } says ? $"  {says}" : $"  {s.Policy} in {s.Realm}: from {links} as {(s.Addresses.Count == 0 ? "nothing" : string.Join(", ", s.Addresses))}");
            if (s.Exclude.Count > 0) output.WriteLine($"  but not to {string.Join(", ", s.Exclude)}{(s.Include.Count > 0 ? $", though to {string.Join(", ", s.Include)}" : "")}");
            var table = new TextTable(">active", ">new", ">expired", ">packets", ">bytes");
            table.Add([.. Counts(s.Counts)]);
            table.Write(context);
            if (Refused(s.Counts.Refused) is { Length: > 0 } refused) output.WriteLine($"  {refused}");
            output.WriteLine();
        }

        output.WriteLine(view.Total == 0 ? "no source NAT is in force" : Foot(view.Sources.Count, view.Total, "source-NAT policy", "source-NAT policies"));
    }

    private static void Notes(TextWriter output, TranslationView translation)
    {
        foreach (BackendView b in translation.Backends.Where(static one => one.Health is { Up: false } or { LastError: not null }))
        {
            string state = b.Health!.Up ? $"up since {b.Health.Since}" : b.Health.Ejected ? $"ejected since {b.Health.Since}" : $"down since {b.Health.Since}";
            output.WriteLine($"  {b.Endpoint} is {state}{(b.Health.LastError is { } error ? $"; last: {error}" : "")}");
        }

        if (translation.Backends.Sum(static one => one.Counts.Unanswered + one.Counts.Rejected) is var failed and > 0)
            output.WriteLine($"  {failed} connections failed: {translation.Counts.Rejected} met a reset, {translation.Counts.Unanswered} were not answered");
        if (Refused(translation.Counts.Refused) is { Length: > 0 } refused) output.WriteLine($"  {refused}");
    }

    private static string Refused(RefusedView refused)
    {
        (long Count, string Reason)[] all =
        [
            (refused.NoBackend, "NoBackend"), (refused.PoolExhausted, "PoolExhausted"), (refused.TableFull, "TableFull"), (refused.QuotaExceeded, "QuotaExceeded"),
        ];
        return refused.Total == 0 ? "" : $"refused: {string.Join(", ", all.Where(static one => one.Count > 0).Select(static one => $"{one.Count} {one.Reason}"))}";
    }

    private static IEnumerable<string> Counts(StatisticsView counts) =>
    [
        Number(counts.Active), Number(counts.New), Number(counts.Expired),
        $"{counts.Original.Packets}/{counts.Reply.Packets}", $"{counts.Original.Bytes}/{counts.Reply.Bytes}",
    ];

    private static string Foot(int shown, int total, string one, string many)
    {
        string all = total == 1 ? $"1 {one}" : $"{total} {many}";
        return shown < total ? $"{shown} of {all}" : all;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
