using Sluice.Packets.Addresses;

namespace Sluice.Policy.Tests;

/// <summary>What a reader of the documents would say of a packet: no table, no order of compilation, every list read anew.</summary>
internal sealed class NaiveReading(GeneratedPeerings documents)
{
    private static readonly IpPrefix[] SpecialUse =
        [.. new[] { "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fe80::/10", "ff00::/8" }.Select(IpPrefix.Parse)];

    private readonly record struct Side(GeneratedPeering Peering, int Number, GeneratedEnd Here, GeneratedEnd There);

    /// <summary>"kind realm rule", or "drop".</summary>
    public string Decide(string realm, IpAddress source, IpAddress destination)
    {
        Side[] sides = [.. SidesOf(realm)];
        foreach (Side side in sides)
            if (side.There.Exposes.Any(e => e.IsMasquerade && Has(e.As, destination))) return $"AskMappings {realm} -";
        foreach (Side side in sides)
            if (side.Here.Exposes.Any(e => e.IsMasquerade && Has(e.As, destination))) return FromHere(side, source, "AskMappings", "AskMappings");

        int best = -1;
        Side? to = null;
        foreach (Side side in sides)
        {
            foreach (GeneratedExpose expose in side.There.Exposes.Where(static e => !e.IsMasquerade))
            {
                int length = expose.IsDefault ? (side.Peering.Family == destination.Family && !IsSpecial(destination) ? 0 : -1) : LengthOf(expose.Ips, destination);
                if (length > best) (best, to) = (length, side);
            }
        }

        // Of equal prefixes the peer's wins.
        int own = documents.Own.Where(o => o.Realm == realm && o.Prefix.Contains(destination)).Select(o => (int)o.Prefix.Length).DefaultIfEmpty(-1).Max();
        return to is { } found && own <= best ? FromHere(found, source, "Stateless", "Session") : $"Route {realm} -";
    }

    /// <summary>The same for a packet to a public address of which a mapping says whose it is.</summary>
    public string Inbound(string realm, IpAddress source, IpAddress destination, string insideRealm, IpAddress inside)
    {
        foreach (Side side in SidesOf(insideRealm).Where(side => side.There.Realm == realm))
        {
            GeneratedExpose? owner = ExposeOf(side, inside);
            if (owner is null || !owner.IsMasquerade || !Has(owner.As, destination)) return "drop";
            Side back = side with { Here = side.There, There = side.Here };
            return ExposeOf(back, source) is not null ? $"Session {insideRealm} {Rule(side, owner)}" : "drop";
        }

        return "drop";
    }

    private static string FromHere(Side side, IpAddress source, string plain, string masqueraded)
    {
        GeneratedExpose? from = ExposeOf(side, source);
        return from is null ? "drop" : $"{(from.IsMasquerade ? masqueraded : plain)} {side.There.Realm} {Rule(side, from)}";
    }

    // A named expose goes before the default one.
    private static GeneratedExpose? ExposeOf(Side side, IpAddress address) =>
        side.Here.Exposes.OrderBy(static e => e.IsDefault).FirstOrDefault(e => Covers(side, e, address));

    private static bool Covers(Side side, GeneratedExpose expose, IpAddress address) =>
        expose.IsDefault ? side.Peering.Family == address.Family && !IsSpecial(address) : Has(expose.Ips, address);

    private static string Rule(Side side, GeneratedExpose expose) =>
        $"p{side.Number}, {side.Here.Realm} expose {Array.IndexOf(side.Here.Exposes, expose) + 1}";

    private IEnumerable<Side> SidesOf(string realm)
    {
        for (int i = 0; i < documents.Peerings.Length; i++)
        {
            GeneratedPeering peering = documents.Peerings[i];
            if (peering.Left.Realm == realm) yield return new Side(peering, i, peering.Left, peering.Right);
            if (peering.Right.Realm == realm) yield return new Side(peering, i, peering.Right, peering.Left);
        }
    }

    private static bool IsSpecial(IpAddress address) => SpecialUse.Any(prefix => prefix.Contains(address));

    private static bool Has(string[] list, IpAddress address) => LengthOf(list, address) >= 0;

    // The longest entry that has the address, or -1; an exclusion anywhere in the list takes it out.
    private static int LengthOf(string[] list, IpAddress address)
    {
        if (list.Any(entry => entry.StartsWith('!') && IpPrefix.Parse(entry[1..]).Contains(address))) return -1;
        return list.Where(static entry => !entry.StartsWith('!')).Select(IpPrefix.Parse)
            .Where(prefix => prefix.Contains(address)).Select(static prefix => (int)prefix.Length).DefaultIfEmpty(-1).Max();
    }
}
