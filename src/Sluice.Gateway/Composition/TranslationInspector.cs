using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway.Health;
using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Policy.Translations;
using Sluice.Sessions;

namespace Sluice.Gateway.Composition;

/// <summary>Says what the translations in force are, how their backends are, and what has been counted of them.</summary>
internal sealed class TranslationInspector
{
    private readonly ComposedGateway gateway;
    private readonly Ruleset rules;
    private readonly AccountReading reading;
    private readonly Dictionary<(ulong Translation, ulong Backend), int> clients;

    private TranslationInspector(ComposedGateway gateway)
    {
        this.gateway = gateway;
        rules = gateway.Engine.Rules;
        reading = new AccountReading(gateway.Engine.Store);
        clients = gateway.Engine.Store.Affinity.Clients(gateway.Engine.Clock.Now);
    }

    /// <summary>All translations, or the one of a name, but at most so many.</summary>
    public static TranslationsView Read(ComposedGateway gateway, string? name, int limit)
    {
        AffinityTable table = gateway.Engine.Store.Affinity;
        var affinity = new AffinityUseView(table.Count, table.Capacity, table.Refused);
        if (gateway.Config is not { } config) return new TranslationsView(0, [], affinity);
        var inspector = new TranslationInspector(gateway);
        Dictionary<string, VirtualService> services = inspector.rules.Policy.Services.ToDictionary(static service => service.Name, StringComparer.Ordinal);
        return new TranslationsView(
            config.Translations.Length,
            [
                .. config.Translations.Where(translation => name is null || translation.Name == name).Take(limit)
                    .Select(translation => inspector.ViewOf(translation, services.GetValueOrDefault(translation.Name))),
            ],
            affinity);
    }

    private TranslationView ViewOf(TranslationDocument translation, VirtualService? service)
    {
        var backends = new List<BackendView>();
        AccountCounts counts = default;
        foreach (AccountView whole in reading.Of(AccountKind.Translation, translation.Name)) counts = counts.Plus(reading.CountsOf(whole));
        foreach (AccountView account in reading.Of(AccountKind.Backend, translation.Name)) counts = counts.Plus(reading.CountsOf(account));
        for (int place = 0; place < (service?.Backends.Length ?? 0); place++) backends.Add(ListedView(service!, place));
        backends.AddRange(translation.Backends.Where(backend => service is not null && IsNowhere(backend, translation.Address.Family)).Select(NowhereView));
        foreach (AccountView account in reading.Of(AccountKind.Backend, translation.Name))
            if (account.Counts.Active != 0 && rules.Accounts.BackendOf(account.Number) == 0) backends.Add(RemovedView(account));
        return new TranslationView(
            translation.Name,
            translation.Place.ToString(),
            translation.Realm,
            service?.Address.ToString(),
            translation.Ports.IsAll ? "all" : translation.Ports.ToString(),
            EndpointText.Protocol(translation.Protocol),
            translation.IsReal ? "real" : "vip",
            translation.Maglev ? "maglev" : "hash",
            translation.AffinityTimeout?.TotalSeconds,
            AccountReading.ViewOf(counts),
            backends);
    }

    private BackendView ListedView(VirtualService service, int place)
    {
        Backend backend = service.Backends[place];
        int number = service.FirstBackend + place;
        uint account = rules.Accounts.OfBackend(number);
        bool isFirst = rules.Accounts.BackendOf(account) == number;
        AccountCounts counts = default;
        foreach (AccountView one in reading.Of(AccountKind.Backend, service.Name))
            if (isFirst && one.Number == account) counts = reading.CountsOf(one);
        int remembered = rules.Policy.TryGetAffinity(number, out AffinityTerms terms) ? clients.GetValueOrDefault((terms.Translation, terms.Backend)) : 0;
        return new BackendView(
            EndpointText.Of(backend.Address, backend.FirstPort),
            backend.Source is null && backend.SourcePort is null ? null : EndpointText.Of(backend.Source, backend.SourcePort),
            backend.IsDirect,
            !service.IsUp(place) ? "down" : backend.Weight == 0 ? "draining" : "active",
            backend.Weight,
            Math.Round(service.ShareOf(place), 4),
            remembered,
            gateway.Health.Of(service, backend) is { } health ? ViewOf(health) : null,
            AccountReading.ViewOf(counts));
    }

    // The policy has nothing of it.
    private bool IsNowhere(BackendSpec backend, IpFamily family)
    {
        return HasNone(backend.AddressOf) || HasNone(backend.SourceAddressOf);

        bool HasNone(NamedSpec? link) => link is { } named && !gateway.Links.Any(open => open.Spec.Name == named.Name && open.Port.Addresses.Any(own => own.Address.Family == family));
    }

    private static BackendView NowhereView(BackendSpec backend) => new(
        backend.AddressOf is { } link ? $"address of {link.Name}" : EndpointText.Of(backend.KeepsAddress ? null : backend.Address, backend.Ports?.First), Source: null, backend.Direct, "nowhere", Weight: backend.Draining ? 0 : backend.Weight, Share: 0, Clients: 0, Health: null, AccountReading.ViewOf(default));

    private BackendView RemovedView(in AccountView account) => new(
        EndpointText.Of(account.Name.Address.IsUnspecified ? null : account.Name.Address, account.Name.Port == 0 ? null : account.Name.Port),
        Source: null, Direct: false, "removed", Weight: 0, Share: 0, Clients: 0, Health: null, AccountReading.ViewOf(reading.CountsOf(account)));

    private static BackendHealthView ViewOf(BackendHealth health) => new(health.Check, health.IsUp, TimeText.Of(health.Since), health.IsEjected, health.LastError);
}
