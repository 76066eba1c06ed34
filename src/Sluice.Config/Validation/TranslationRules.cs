using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges virtual IPs and source-NAT policies.</summary>
internal sealed class TranslationRules(Asked asked, RealmRules realms, LinkRules links, Action<string?, Place, string> profileExists, Problems problems)
{
    public void Judge()
    {
        var endpoints = new VirtualEndpoints();
        foreach (TranslationDocument translation in asked.Translations)
        {
            RealmExists(translation.Realm, translation.RealmPlace);
            profileExists(translation.Profile, translation.ProfilePlace, "spec.profile");
            if (!translation.IsReal && IsOwn(translation.Realm, translation.Address))
                problems.Error(translation.AddressPlace, "spec.address", ConfigRule.Forbidden, $"{translation.Address} is an address of a link: a virtual IP there has the mode 'real'");
            if (translation.AddressOf is null && !LinkRules.IsUsable(translation.Address))
                problems.Error(translation.AddressPlace, "spec.address", ConfigRule.SpecialUsePrefix, $"{translation.Address} is no address that a virtual IP can have");
            if (translation.AddressOf is { } link)
            {
                LinksExist([link], "spec.addressOf");
                HasAddress(link, translation.Address.Family, "spec.addressOf", "the translation is nowhere");
                if (!translation.IsReal)
                    problems.Error(translation.AddressPlace, "spec.addressOf", ConfigRule.Forbidden, $"the address of link '{Nearest.Shown(link.Name)}' is the gateway's own: a virtual IP there has the mode 'real'");
            }

            JudgeBackends(translation);
            (IpAddress address, string? of) = Known(translation);
            endpoints.Add(translation, address, of);
        }

        endpoints.Judge(problems);

        foreach (SourceNatDocument source in asked.SourceNats)
        {
            RealmExists(source.Realm, source.RealmPlace);
            profileExists(source.Profile, source.ProfilePlace, "spec.profile");
            LinksExist(source.Links, "spec.links");
            LinksExist(source.LinksV4, "spec.linksV4");
            LinksExist(source.LinksV6, "spec.linksV6");
            LinksExist(source.AddressesOf, "spec.addressesOf");
            foreach (NamedSpec named in source.AddressesOf) HasAddress(named, null, "spec.addressesOf", "no source is translated to it");
            LinksExist(source.Tables.IncludeV4, "spec.tables.includeV4");
            LinksExist(source.Tables.IncludeV6, "spec.tables.includeV6");
            LinksExist(source.Tables.Pod, "spec.tables.pod");
            LinksExist(source.Tables.Host, "spec.tables.host");
        }

        LinksExist([.. asked.LinksOfCommands], "");
    }

    private void JudgeBackends(TranslationDocument translation)
    {
        foreach (BackendSpec backend in translation.Backends)
        {
            if (backend.Direct && backend.KeepsAddress)
                problems.Error(backend.Place, "spec.backends", ConfigRule.Invalid, "packets go unrewritten to a backend with an address: this one has none");
            if (backend.AddressOf is { } link) ExistsWithAddress(link);
            bool isOfHost = (backend.SourceAddressOf is { } host && Lists(host, translation.Address.Family)) || (backend.SourceAddress is { } given && IsOwn(translation.Realm, given));
            if (isOfHost && backend.SourcePort is not null)
                problems.Warning(backend.Place, "spec.backends", ConfigRule.Ignored, SourceOfHost(backend));
            if (backend.SourceAddressOf is { } source) ExistsWithAddress(source);
        }

        void ExistsWithAddress(NamedSpec named)
        {
            LinksExist([named], "spec.backends");
            HasAddress(named, translation.Address.Family, "spec.backends", "the backend isn't there");
        }
    }

    // A family of null: any.
    private void HasAddress(NamedSpec named, IpFamily? family, string path, string what)
    {
        foreach (GatewayDocument gateway in asked.Gateways)
            foreach (LinkSpec link in gateway.Links)
                if (link.Name == named.Name && !link.Addresses.Any(own => family is null || own.Address.Family == family))
                    problems.Warning(named.Place, path, ConfigRule.AddressOfKernel,
                        $"link '{Nearest.Shown(named.Name)}' lists no {(family is { } one ? one == IpFamily.V4 ? "IPv4 " : "IPv6 " : "")}address: until the kernel has one there, {what}");
    }

    private bool Lists(NamedSpec named, IpFamily family) => asked.Gateways.Exists(gateway =>
        gateway.Links.Any(link => link.Name == named.Name && link.Addresses.Any(own => own.Address.Family == family)));

    // The host hears answers to a port that no session has taken for itself, and resets connections that it doesn't know.
    private static string SourceOfHost(BackendSpec backend) =>
        $"port {backend.SourcePort} of {(backend.SourceAddressOf is { } link ? $"an address of link '{Nearest.Shown(link.Name)}'" : $"{backend.SourceAddress}")} is the host's: without a port the host and the sessions share the address";

    // The address of a link is known where the Gateway gives it; one that the kernel gives is known when it comes.
    private (IpAddress Address, string? Of) Known(TranslationDocument translation)
    {
        if (translation.AddressOf is not { } named) return (translation.Address, null);
        foreach (GatewayDocument gateway in asked.Gateways)
            foreach (LinkSpec link in gateway.Links)
                if (link.Name == named.Name)
                    foreach (LinkAddress own in link.Addresses)
                        if (own.Address.Family == translation.Address.Family) return (own.Address, null);
        return (translation.Address, named.Name);
    }

    private void RealmExists(string realm, Place place)
    {
        if (!realms.Exists(realm)) problems.Error(place, "spec.realm", ConfigRule.NoSuchVpc, realms.Unknown(realm));
    }

    // Without a Gateway no link is known, and none can be missing.
    private void LinksExist(ImmutableArray<NamedSpec> names, string path)
    {
        if (asked.Gateways.Count == 0) return;
        foreach (NamedSpec named in names)
            if (!links.Exists(named.Name)) problems.Error(named.Place, path, ConfigRule.NoSuchLink, $"no link is named '{Nearest.Shown(named.Name)}'");
    }

    private bool IsOwn(string realm, IpAddress address)
    {
        foreach (GatewayDocument gateway in asked.Gateways)
            foreach (LinkSpec link in gateway.Links)
                if (link.Realm == realm)
                    foreach (LinkAddress own in link.Addresses)
                        if (own.Address == address) return true;
        return false;
    }
}
