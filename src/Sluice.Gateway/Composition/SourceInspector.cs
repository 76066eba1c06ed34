using Sluice.Config.Documents;
using Sluice.Config.Kinds;
using Sluice.Gateway.Views;
using Sluice.Sessions;

namespace Sluice.Gateway.Composition;

/// <summary>Says what the source-NAT policies in force are, and what has been counted of them.</summary>
internal static class SourceInspector
{
    /// <summary>All policies, or the one of a name, but at most so many.</summary>
    public static SourcesView Read(ComposedGateway gateway, string? name, int limit)
    {
        if (gateway.Config is not { } config) return new SourcesView(0, []);
        var reading = new AccountReading(gateway.Engine.Store);
        return new SourcesView(
            config.SourceNats.Length,
            [.. config.SourceNats.Where(source => name is null || source.Name == name).Take(limit).Select(source => ViewOf(source, reading))]);
    }

    /// <summary>The same, and behind them the documents of added kinds, by their kinds and names.</summary>
    public static SourcesView ReadAll(ComposedGateway gateway, string? name, int limit)
    {
        SourcesView policies = Read(gateway, name, limit);
        if (gateway.Config is not { Added.IsEmpty: false } config) return policies;
        var reading = new AccountReading(gateway.Engine.Store);
        IEnumerable<SourceView> rules = config.Added.Select(document => ViewOf(document, reading)).Where(rule => name is null || rule.Name == name);
        return new SourcesView(policies.Total + config.Added.Length, [.. policies.Sources.Concat(rules).Take(limit)]);
    }

    private static SourceView ViewOf(AddedDocument document, AccountReading reading)
    {
        AccountCounts counts = default;
        string name = $"{document.Kind.Name} {document.Name}";
        foreach (AccountView account in reading.Of(AccountKind.Rule, name)) counts = counts.Plus(reading.CountsOf(account));
        return new SourceView(
            name,
            document.Place.ToString(),
            document.Owned.IsEmpty ? "" : document.Owned[0].Realm,
            document.Kind.Name,
            [],
            [.. document.Owned.Select(static owned => owned.Addresses.ToString())],
            [],
            [],
            AccountReading.ViewOf(counts),
            string.Join(", ", document.Fields.Select(static field => $"{field.Name} {field.Value}")));
    }

    private static SourceView ViewOf(SourceNatDocument source, AccountReading reading)
    {
        AccountCounts counts = default;
        foreach (AccountView account in reading.Of(AccountKind.SourceNat, source.Name)) counts = counts.Plus(reading.CountsOf(account));
        string[] links =
        [
            .. source.Links.Select(static link => link.Name),
            .. source.LinksV4.Select(static link => $"{link.Name} (IPv4)"),
            .. source.LinksV6.Select(static link => $"{link.Name} (IPv6)"),
        ];
        return new SourceView(
            source.Name,
            source.Place.ToString(),
            source.Realm,
            WordOf(source.Policy),
            source.CoversNoLink ? ["none"] : links,
            [.. source.Addresses.Select(static range => range.ToString()), .. source.AddressesOf.Select(static link => $"of {link.Name}")],
            [.. source.Exclude.Select(static prefix => prefix.ToString())],
            [.. source.Include.Select(static prefix => prefix.ToString())],
            AccountReading.ViewOf(counts));
    }

    /// <summary>A policy as documents and commands name it.</summary>
    public static string WordOf(SourceNatPolicy policy) => policy switch
    {
        SourceNatPolicy.IfPfx => "if-pfx",
        SourceNatPolicy.K8s => "k8s",
        SourceNatPolicy.Dnat => "dnat",
        SourceNatPolicy.DnatOnly => "dnat-only",
        _ => "none",
    };
}
