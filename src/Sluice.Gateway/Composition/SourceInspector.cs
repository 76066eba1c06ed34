using Sluice.Config.Documents;
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
