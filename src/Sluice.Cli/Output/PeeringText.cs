using System.Globalization;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>What <c>sluice show peerings</c> and <c>sluice show config</c> print for people.</summary>
internal static class PeeringText
{
    public static void Peerings(CommandContext context, PeeringsView view)
    {
        TextWriter output = context.Output;
        foreach (PeeringView peering in view.Peerings)
        {
            output.WriteLine($"{peering.Name}  ({peering.Place})");
            var table = new TextTable("realm", ">expose", "nat", "private", "?seen by", "as", "forwards", "?>sessions");
            foreach (ExposeView e in peering.Exposes)
            {
                bool isDefault = e.Nat == "default";
                table.Add(
                    e.Realm,
                    Number(e.Number),
                    isDefault ? "none" : e.Nat,
                    isDefault ? "everything else" : string.Join(", ", e.Private),
                    e.To,
                    isDefault || e.Nat == "none" ? "itself" : string.Join(", ", e.Public),
                    e.Forwards.Count == 0 ? "-" : string.Join(", ", e.Forwards),
                    Number(e.Sessions));
            }

            table.Write(context);
            if (peering.Acl is { } acl) Acl(context, acl);
            output.WriteLine();
        }

        string count = view.Peerings.Count == 1 ? "1 peering" : $"{view.Peerings.Count} peerings";
        output.WriteLine(view.Peerings.Count == 0 ? "no peering is in force: nothing passes between realms" : count);
    }

    public static void Config(CommandContext context, ConfigView view)
    {
        TextWriter output = context.Output;
        output.WriteLine($"configuration {view.Generation}, in force since {view.AppliedAt}");
        if (view.Files.Count == 0)
        {
            output.WriteLine("it was read from no file");
        }
        else
        {
            var files = new TextTable("file", ">lines");
            foreach (ConfigFileView file in view.Files) files.Add(file.Name, Number(file.Lines));
            files.Write(context);
        }

        if (view.Counts.Count == 0)
        {
            output.WriteLine("it asks for nothing");
            return;
        }

        var counts = new TextTable("what", ">how many");
        foreach ((string kind, int count) in view.Counts) counts.Add(kind, Number(count));
        counts.Write(context);
    }

    private static void Acl(CommandContext context, AclView acl)
    {
        var table = new TextTable("rule", "action", "from", "to", "match", "?scope", "?log", "?>sessions");
        foreach (AclRuleView r in acl.Rules)
            table.Add(r.Name, r.Action, r.From ?? "either", r.To ?? "either", r.Match, r.Scope, r.Log ? "yes" : "no", Number(r.Sessions));
        table.Add("(default)", acl.Default, "either", "either", "what no rule matches", "-", "-", "-");
        table.Write(context);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
