using Sluice.Config.Documents;
using Sluice.Config.Kinds;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges documents of added kinds beside the rest: their names, what they refer to, and that what they take for the gateway nobody else has.</summary>
internal sealed class AddedRules(Asked asked, RealmRules realms, LinkRules links, Action<string?, Place, string> profileExists, Problems problems)
{
    // By realm, in the order of their first addresses; those that overlap one before them are reported and left out.
    private readonly Dictionary<string, List<Taken>> takenByRealm = new(StringComparer.Ordinal);

    private readonly record struct Taken(OwnedAddresses Owned, AddedDocument By);

    public void Judge(IEnumerable<Peering> peerings)
    {
        if (asked.Added.Count == 0) return;
        NamesAreUnique();
        foreach (AddedDocument document in asked.Added)
            foreach (NameReference reference in document.References) Exists(reference);
        TakeAddresses();
        foreach (GatewayDocument gateway in asked.Gateways)
            foreach (LinkSpec link in gateway.Links)
                foreach (LinkAddress own in link.Addresses)
                    IsNobodyElses(link.Realm, new IpRange(own.Address, own.Address), $"{own.Address} is the gateway's own address on link {link.Name}", own.Place);
        foreach (TranslationDocument translation in asked.Translations)
            if (translation.AddressOf is null)
                IsNobodyElses(translation.Realm, new IpRange(translation.Address, translation.Address), $"{translation.Address} is the virtual IP '{translation.Name}'", translation.AddressPlace);
        foreach (SourceNatDocument source in asked.SourceNats)
            foreach (IpRange addresses in source.Addresses)
                IsNobodyElses(source.Realm, addresses, $"SourceNat '{source.Name}' has {EntryText.Show(addresses)}", source.Place);
        foreach (Peering peering in peerings)
        {
            Shown(peering, peering.Left, peering.Right.Realm);
            Shown(peering, peering.Right, peering.Left.Realm);
        }
    }

    private void NamesAreUnique()
    {
        Dictionary<(string Kind, string Version, string Name), Place> seen = [];
        foreach (AddedDocument document in asked.Added)
        {
            var key = (document.Kind.Name, document.Kind.ApiVersion, document.Name);
            if (!seen.TryAdd(key, document.NamePlace))
                problems.Error(document.NamePlace, "metadata.name", ConfigRule.DuplicateName, $"{document.Kind.Name} '{document.Name}' is here twice", seen[key]);
        }
    }

    private void Exists(in NameReference reference)
    {
        switch (reference.To)
        {
            case ReferenceTo.Realm when !realms.Exists(reference.Name):
                problems.Error(reference.Place, reference.Path, ConfigRule.NoSuchVpc, realms.Unknown(reference.Name));
                break;

            // Without a Gateway no link is known, and none can be missing.
            case ReferenceTo.Link when asked.Gateways.Count > 0 && !links.Exists(reference.Name):
                problems.Error(reference.Place, reference.Path, ConfigRule.NoSuchLink, $"no link is named '{Nearest.Shown(reference.Name)}'");
                break;
            case ReferenceTo.Profile:
                profileExists(reference.Name, reference.Place, reference.Path);
                break;
        }
    }

    private void TakeAddresses()
    {
        foreach (AddedDocument document in asked.Added)
        {
            foreach (OwnedAddresses owned in document.Owned)
            {
                if (!takenByRealm.TryGetValue(owned.Realm, out List<Taken>? taken)) takenByRealm.Add(owned.Realm, taken = []);
                taken.Add(new Taken(owned, document));
            }
        }

        foreach (List<Taken> taken in takenByRealm.Values)
        {
            taken.Sort(static (one, other) => one.Owned.Addresses.CompareTo(other.Owned.Addresses) is var order and not 0 ? order : one.Owned.Place.CompareTo(other.Owned.Place));
            int kept = 0;
            for (int i = 0; i < taken.Count; i++)
            {
                if (kept > 0 && taken[kept - 1].Owned.Addresses.Overlaps(taken[i].Owned.Addresses)) Conflict(taken[i], Words(taken[kept - 1]), taken[kept - 1].Owned.Place);
                else taken[kept++] = taken[i];
            }

            taken.RemoveRange(kept, taken.Count - kept);
        }
    }

    private void Shown(Peering peering, PeeringEnd end, string viewer)
    {
        if (!takenByRealm.ContainsKey(viewer)) return;
        foreach (Expose expose in end.Exposes)
            foreach (PortedPrefix item in expose.Public.Items)
                IsNobodyElses(viewer, new IpRange(item.Prefix), $"peering '{peering.Name}' shows {item.Prefix} of '{end.Realm}' there", expose.Place);
    }

    private void IsNobodyElses(string realm, IpRange addresses, string whose, Place place)
    {
        if (!takenByRealm.TryGetValue(realm, out List<Taken>? taken)) return;

        // The first that doesn't end before the addresses.
        int low = 0, high = taken.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (taken[middle].Owned.Addresses.Last.CompareTo(addresses.First) < 0) low = middle + 1;
            else high = middle;
        }

        for (; low < taken.Count && taken[low].Owned.Addresses.Overlaps(addresses); low++) Conflict(taken[low], whose, place);
    }

    private void Conflict(in Taken taken, string whose, Place other) =>
        problems.Error(taken.Owned.Place, taken.Owned.Path, ConfigRule.OverlappingPrefixes, $"{EntryText.Show(taken.Owned.Addresses)} of realm '{taken.Owned.Realm}' is somebody else's too: {whose}", other);

    private static string Words(in Taken taken) => $"{taken.By.Kind.Name} '{taken.By.Name}' takes {EntryText.Show(taken.Owned.Addresses)}";
}
