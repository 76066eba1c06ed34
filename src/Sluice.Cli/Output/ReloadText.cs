using System.Globalization;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>What <c>sluice apply</c> and <c>sluice diff</c> print for people.</summary>
internal static class ReloadText
{
    private const int FieldsMax = 12;

    /// <summary>Prints what changes and what becomes of the sessions.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="view">What the gateway says.</param>
    /// <param name="isDone">Whether it has been put in force (else it would be).</param>
    public static void Write(CommandContext context, ReloadView view, bool isDone)
    {
        Changes(context, view.Changes, isDone);
        Sessions(context, view.Sessions!, isDone);
        if (isDone) context.Output.WriteLine($"configuration {view.Generation} is in force");
    }

    private static void Changes(CommandContext context, IReadOnlyList<ChangeView> changes, bool isDone)
    {
        TextWriter output = context.Output;
        if (changes.Count == 0)
        {
            output.WriteLine(isDone ? "nothing was asked for that wasn't in force already" : "nothing would change: it asks for what is in force");
            return;
        }

        foreach (ChangeView change in changes)
        {
            char mark = change.Change switch
            {
                "added" => '+',
                "removed" => '-',
                _ => '~',
            };

            // The name of an expose or a rule says what it is by itself.
            string kind = change.Kind is "expose" or "rule" ? "" : change.Kind + " ";
            output.WriteLine($"{mark} {kind}{change.Name}  ({change.Place})");
            if (change.Change == "removed") continue;
            foreach (FieldChangeView field in change.Fields.Take(FieldsMax)) output.WriteLine($"    {field.Name}: {WordsOf(field, change.Change == "added")}");
            if (change.Fields.Count > FieldsMax) output.WriteLine($"    and {change.Fields.Count - FieldsMax} more fields");
        }

        output.WriteLine();
    }

    private static string WordsOf(FieldChangeView field, bool isNew) => isNew ? field.To ?? "" : $"{field.From ?? "nothing"} -> {field.To ?? "nothing"}";

    private static void Sessions(CommandContext context, SessionFatesView fates, bool isDone)
    {
        long all = fates.Kept + fates.Moved + fates.Ended;
        if (all == 0)
        {
            context.Output.WriteLine(isDone ? "no session was live" : "no session is live");
            return;
        }

        var table = new TextTable("fate", ">sessions", "rule", "at", "now");
        foreach (SessionFateView fate in fates.Rules)
        {
            string now = fate.Fate switch
            {
                "moved" => $"{fate.NewRule} ({fate.NewPlace})",
                "ended" => fate.Reason ?? "",
                _ => "",
            };
            table.Add(fate.Fate, fate.Sessions.ToString(CultureInfo.InvariantCulture), fate.Rule, fate.Place, now);
        }

        table.Write(context);
        string sessions = all == 1 ? "1 session" : $"{all} sessions";
        string counts = $"{fates.Kept} kept, {fates.Moved} moved to another rule, {fates.Ended} ended";
        context.Output.WriteLine(isDone ? $"{sessions}: {counts}" : $"{sessions} would be: {counts}");
    }
}
