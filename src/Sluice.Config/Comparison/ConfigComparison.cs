using System.Collections.Immutable;

namespace Sluice.Config.Comparison;

/// <summary>What became of an item from one configuration to the next.</summary>
public enum ConfigChangeKind : byte
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It says something else.</summary>
    Changed,
}

/// <summary>One difference between two configurations.</summary>
/// <param name="Change">What became of the item.</param>
/// <param name="Item">The item as the new configuration has it; a removed one as the old one had it.</param>
/// <param name="Fields">Of a changed item: the fields that differ.</param>
public sealed record ConfigChange(ConfigChangeKind Change, ConfigItem Item, ImmutableArray<FieldChange> Fields);

/// <summary>A field that differs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">What it said; null: nothing.</param>
/// <param name="To">What it says; null: nothing.</param>
public readonly record struct FieldChange(string Name, string? From, string? To);

/// <summary>Compares what two configurations ask for, not how they are written: order, comments and places make no difference.</summary>
public static class ConfigComparison
{
    /// <summary>The differences: what is new or changed in the order of the new configuration, then what is gone.</summary>
    public static ImmutableArray<ConfigChange> Compare(ConfigSet old, ConfigSet next)
    {
        var changes = new List<ConfigChange>();
        HashSet<string> same = Unchanged(old, next);
        ConfigItem[] before = [.. ConfigItems.Of(old, same)], after = [.. ConfigItems.Of(next, same)];
        Dictionary<ConfigItem, ConfigItem> partners = Pair(before, after);
        foreach (ConfigItem item in after)
        {
            if (!partners.TryGetValue(item, out ConfigItem? was)) changes.Add(new ConfigChange(ConfigChangeKind.Added, item, []));
            else if (!item.SaysTheSameAs(was)) changes.Add(new ConfigChange(ConfigChangeKind.Changed, item, Differences(was, item)));
        }

        HashSet<ConfigItem> stayed = new(partners.Values, ReferenceEqualityComparer.Instance);
        foreach (ConfigItem item in before)
            if (!stayed.Contains(item)) changes.Add(new ConfigChange(ConfigChangeKind.Removed, item, []));
        return [.. changes];
    }

    // The names of peerings that are the same in both.
    private static HashSet<string> Unchanged(ConfigSet old, ConfigSet next)
    {
        var byName = new Dictionary<string, Peering>(StringComparer.Ordinal);
        foreach (Peering peering in old.Peerings) byName.TryAdd(peering.Name, peering);
        var same = new HashSet<string>(StringComparer.Ordinal);
        foreach (Peering peering in next.Peerings)
            if (byName.TryGetValue(peering.Name, out Peering? was) && PeeringEquality.SayTheSame(was, peering)) same.Add(peering.Name);
        return same;
    }

    // By new item, the old one that it continues.
    private static Dictionary<ConfigItem, ConfigItem> Pair(ConfigItem[] before, ConfigItem[] after)
    {
        var partners = new Dictionary<ConfigItem, ConfigItem>(ReferenceEqualityComparer.Instance);
        var named = new Dictionary<(string, string), ConfigItem>();
        foreach (ConfigItem item in before.Where(item => item.List is null)) named.TryAdd((item.Kind, item.Name), item);
        foreach (ConfigItem item in after.Where(item => item.List is null))
            if (named.Remove((item.Kind, item.Name), out ConfigItem? was)) partners[item] = was;

        ILookup<string, ConfigItem> lists = before.Where(item => item.List is not null).ToLookup(item => item.List!, StringComparer.Ordinal);
        foreach (IGrouping<string, ConfigItem> list in after.Where(item => item.List is not null).GroupBy(item => item.List!, StringComparer.Ordinal))
            PairList([.. lists[list.Key]], [.. list], partners);
        return partners;
    }

    // What says the same is the same, wherever in the list it stands; of the rest, one in the same position is taken for the one that was there.
    private static void PairList(List<ConfigItem> before, List<ConfigItem> after, Dictionary<ConfigItem, ConfigItem> partners)
    {
        var left = before.ToLookup(static item => string.Join('\n', item.Fields), StringComparer.Ordinal)
            .ToDictionary(static same => same.Key, static same => new Queue<ConfigItem>(same), StringComparer.Ordinal);
        var rest = new List<ConfigItem>();
        foreach (ConfigItem item in after)
        {
            if (left.TryGetValue(string.Join('\n', item.Fields), out Queue<ConfigItem>? same) && same.TryDequeue(out ConfigItem? was)) partners[item] = was;
            else rest.Add(item);
        }

        Dictionary<string, ConfigItem> byPosition = left.Values.SelectMany(static same => same).ToDictionary(static item => item.Name, StringComparer.Ordinal);
        foreach (ConfigItem item in rest)
            if (byPosition.TryGetValue(item.Name, out ConfigItem? was)) partners[item] = was;
    }

    private static ImmutableArray<FieldChange> Differences(ConfigItem old, ConfigItem next)
    {
        Dictionary<string, string> before = old.Fields.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        var differences = new List<FieldChange>();
        foreach (ConfigField field in next.Fields)
        {
            bool had = before.Remove(field.Name, out string? was);
            if (!had || was != field.Value) differences.Add(new FieldChange(field.Name, was, field.Value));
        }

        differences.AddRange(old.Fields.Where(field => before.ContainsKey(field.Name)).Select(field => new FieldChange(field.Name, field.Value, null)));
        return [.. differences];
    }
}
