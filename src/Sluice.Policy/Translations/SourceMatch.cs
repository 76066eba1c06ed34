using Sluice.Packets.Addresses;

namespace Sluice.Policy.Translations;

/// <summary>Where a virtual endpoint leads that several translations have for different clients, or one for some.</summary>
/// <param name="Clients">By client: the service, as <see cref="Destination"/> packs it.</param>
/// <param name="Otherwise">Where it leads for all others: to the translation without sources, or to what there is without any.</param>
internal readonly record struct SourceMatch(PrefixMap Clients, int Otherwise)
{
    internal int Find(in IpAddress client)
    {
        int found = Clients.Find(client);
        return found == PrefixMap.Miss ? Otherwise : found;
    }
}
