using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Finds endpoints that two translations have for the same clients.</summary>
internal sealed class VirtualEndpoints
{
    private readonly Dictionary<Key, List<Claim>> claims = [];
    private int count;

    private readonly record struct Key(string Realm, IpAddress Address, string? Of, byte Protocol, IpPrefix? Source);

    private readonly record struct Claim(int Order, TranslationDocument Translation, Place Place);

    /// <summary>Takes in a translation.</summary>
    /// <param name="translation">The translation.</param>
    /// <param name="address">Its address, as far as it is known.</param>
    /// <param name="of">The link whose address it is, where that isn't known.</param>
    public void Add(TranslationDocument translation, IpAddress address, string? of)
    {
        count++;
        if (translation.Sources.IsEmpty) Add(translation, address, of, null, translation.AddressPlace);
        for (int i = 0; i < translation.Sources.Length; i++) Add(translation, address, of, translation.Sources[i], translation.SourcePlaces[i]);
    }

    /// <summary>Names each that comes later, and where the earlier one stands, in the order of the documents.</summary>
    public void Judge(Problems problems)
    {
        List<(Claim Later, Claim Earlier, Key Key)> conflicts = [];
        foreach ((Key key, List<Claim> same) in claims)
        {
            if (same.Count == 1) continue;
            same.Sort(static (one, other) => (one.Translation.Ports.First, one.Order).CompareTo((other.Translation.Ports.First, other.Order)));
            Claim widest = same[0];
            foreach (Claim claim in same.Skip(1))
            {
                // A document that lists a client twice is told so where it is read.
                if (widest.Translation.Ports.Last >= claim.Translation.Ports.First && widest.Order != claim.Order)
                    conflicts.Add(widest.Order < claim.Order ? (claim, widest, key) : (widest, claim, key));
                if (claim.Translation.Ports.Last > widest.Translation.Ports.Last) widest = claim;
            }
        }

        foreach ((Claim later, Claim earlier, Key key) in conflicts.OrderBy(static conflict => conflict.Later.Order))
        {
            string path = key.Source is null ? "spec.address" : "spec.sources", clients = key.Source is null ? "" : $" for clients of {key.Source}";
            string what = $"the same address{Meant(later.Translation, earlier.Translation, key.Address)}, protocol and port{clients}";
            problems.Error(later.Place, path, ConfigRule.DuplicateAddress, $"'{earlier.Translation.Name}' translates {what}", earlier.Place);
        }
    }

    // Where one says an address and the other a link, the reader is told what they share.
    private static string Meant(TranslationDocument one, TranslationDocument other, IpAddress address) =>
        one.AddressOf?.Name == other.AddressOf?.Name ? "" : $" ({address}, which is that of link '{Nearest.Shown((one.AddressOf ?? other.AddressOf)!.Value.Name)}')";

    private void Add(TranslationDocument translation, IpAddress address, string? of, IpPrefix? source, Place place)
    {
        var key = new Key(translation.Realm, address, of, translation.Protocol, source);
        if (!claims.TryGetValue(key, out List<Claim>? same)) claims.Add(key, same = []);
        same.Add(new Claim(count, translation, place));
    }
}
