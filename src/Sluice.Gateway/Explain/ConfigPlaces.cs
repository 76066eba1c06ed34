using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Gateway.Explain;

/// <summary>Finds the lines of a configuration that stand behind what a policy decides. It only names lines: nothing is decided here.</summary>
internal sealed class ConfigPlaces(ConfigSet config)
{
    /// <summary>The expose, and its end, that a rule of the policy is; null for other rules.</summary>
    public ExposeOfEnd? ExposeOf(PolicyRule rule)
    {
        foreach (ExposeOfEnd found in Exposes())
            if ((found.Expose.Forward?.Place ?? found.Expose.Place).ToString() == rule.Place) return found;
        return null;
    }

    /// <summary>The exposes of peers that show an address to a realm as a public one of theirs, by NAT.</summary>
    public IEnumerable<ExposeOfEnd> OwnersOf(string realm, IpAddress address) =>
        Exposes().Where(found => found.Towards == realm && found.Expose.Nat != NatKind.None && Covering(found.Expose.Spec.As, address) is not null);

    /// <summary>The exposes of a realm towards another that are about a private address, whether by some of its ports or as an exclusion.</summary>
    public IEnumerable<ExposeOfEnd> AboutPrivate(string realm, string towards, IpAddress address) =>
        Exposes().Where(found => found.End.Realm == realm && found.Towards == towards && Mentions(found.Expose, address) is not null);

    /// <summary>The exposes of a realm's peers that are about a private address of theirs, which NAT or an exclusion keeps from that realm.</summary>
    public IEnumerable<ExposeOfEnd> KeptFrom(string realm, IpAddress address) =>
        Exposes().Where(found => found.Towards == realm && Mentions(found.Expose, address) is { } entry && (entry.IsExclusion || found.Expose.Nat != NatKind.None));

    /// <summary>The line of an expose that covers a private address.</summary>
    public static CauseView Private(ExposeOfEnd found, IpAddress address) => Of(found, found.Expose.Spec.Ips, address);

    /// <summary>The line of an expose that covers a public address.</summary>
    public static CauseView Public(ExposeOfEnd found, IpAddress address) =>
        Of(found, found.Expose.Spec.Nat is null ? found.Expose.Spec.Ips : found.Expose.Spec.As, address);

    /// <summary>The line that takes a private address off an expose, or else the one that covers it.</summary>
    public static CauseView Mention(ExposeOfEnd found, IpAddress address) =>
        Mentions(found.Expose, address) is { } entry ? new CauseView(entry.Place.ToString(), $"{TextOf(entry)} in {NameOf(found)}") : Whole(found);

    /// <summary>The line of what a realm has itself and that covers an address, of the longest prefix; null where none does.</summary>
    public CauseView? Own(string realm, IpAddress address)
    {
        var found = new List<(int Length, CauseView Cause)>();
        foreach (LinkSpec link in config.Gateway.Links.Where(link => link.Realm == realm))
        {
            found.AddRange(link.Addresses.Where(own => own.Address == address)
                .Select(own => (129, new CauseView(own.Place.ToString(), $"{own.Address}, the gateway's own address on link {link.Name}"))));
            found.AddRange(link.Addresses.Where(own => own.Connected.Contains(address))
                .Select(own => ((int)own.Connected.Length, new CauseView(own.Place.ToString(), $"{own.Connected}, connected by link {link.Name}"))));
            found.AddRange(link.Routes.Where(route => route.To.Contains(address))
                .Select(route => ((int)route.To.Length, new CauseView(route.Place.ToString(), $"{route.To}, a route of link {link.Name}"))));
        }

        found.AddRange((config.FindRealm(realm)?.Vpc?.Subnets ?? []).Where(subnet => subnet.Prefix.Contains(address))
            .Select(subnet => ((int)subnet.Prefix.Length, new CauseView(subnet.Place.ToString(), $"{subnet.Prefix}, subnet {subnet.Name} of {realm}"))));
        return found.OrderByDescending(static one => one.Length).FirstOrDefault().Cause;
    }

    /// <summary>The line of a route as the table has it.</summary>
    public CauseView? Route(string link, IpPrefix to, IpAddress? via)
    {
        if (config.Gateway.Links.FirstOrDefault(one => one.Name == link) is not { } spec) return null;
        if (spec.Routes.FirstOrDefault(route => route.To == to && route.Via == via) is { } route)
            return new CauseView(route.Place.ToString(), $"{to}{(via is null ? "" : $" via {via}")}, a route of link {link}");
        if (spec.Addresses.FirstOrDefault(own => own.Connected == to) is { } connected)
            return new CauseView(connected.Place.ToString(), $"{to}, connected by link {link}");
        return new CauseView(spec.Place.ToString(), $"link {link} of realm {spec.Realm}");
    }

    /// <summary>Where a realm says what it exposes to another; null where it exposes nothing to it.</summary>
    public CauseView? EndOf(string realm, string towards)
    {
        foreach (Peering peering in config.Peerings)
        {
            if (!(peering.Left.Realm == realm && peering.Right.Realm == towards) && !(peering.Right.Realm == realm && peering.Left.Realm == towards)) continue;
            PeeringEndSpec end = peering.Document.Ends.First(one => one.Realm == realm);
            return new CauseView(end.Place.ToString(), $"all that {realm} exposes to {towards}, in peering {peering.Name}");
        }

        return null;
    }

    /// <summary>Where an expose begins, or a forward of it.</summary>
    public static CauseView Whole(ExposeOfEnd found) => found.Expose.Forward is { } forward
        ? new CauseView(forward.Place.ToString(), $"{ProtocolOf(forward)} port {forward.Public} to {forward.Private} in {NameOf(found)}")
        : new CauseView(found.Expose.Place.ToString(), $"{(found.Expose.IsDefault ? "default: true, " : "")}{NameOf(found)}");

    private static CauseView Of(ExposeOfEnd found, IEnumerable<AddressEntry> entries, IpAddress address) =>
        Covering(entries, address) is { } entry ? new CauseView(entry.Place.ToString(), $"{TextOf(entry)} in {NameOf(found)}") : Whole(found);

    private static AddressEntry? Covering(IEnumerable<AddressEntry> entries, IpAddress address) =>
        entries.Where(entry => !entry.IsExclusion && entry.Addresses.Contains(address)).MinBy(static entry => entry.Addresses.Span);

    private static AddressEntry? Mentions(Expose expose, IpAddress address) =>
        expose.Spec.Ips.FirstOrDefault(entry => entry.IsExclusion && entry.Addresses.Contains(address)) ?? Covering(expose.Spec.Ips, address);

    private static string TextOf(AddressEntry entry)
    {
        string text = entry.Subnet is { } subnet ? $"vpcSubnet {subnet}" : $"{(entry.IsExclusion ? "not" : "cidr")} {RangeText(entry.Addresses)}";
        return entry.Ports.IsAll ? text : $"{text} ports {entry.Ports}";
    }

    private static string RangeText(IpRange range)
    {
        for (int length = 0; length <= (range.Family == IpFamily.V4 ? 32 : 128); length++)
        {
            var prefix = new IpPrefix(range.First, length);
            if (prefix.First == range.First && prefix.Last == range.Last) return prefix.ToString();
        }

        return range.ToString();
    }

    private static string ProtocolOf(ForwardSpec forward) => forward.Protocol switch
    {
        ForwardProtocol.Tcp => "tcp",
        ForwardProtocol.Udp => "udp",
        _ => "tcp and udp",
    };

    private static string NameOf(ExposeOfEnd found) => $"expose {found.Expose.Spec.Index + 1} of {found.End.Realm} in peering {found.Peering.Name}";

    private IEnumerable<ExposeOfEnd> Exposes()
    {
        foreach (Peering peering in config.Peerings)
        {
            foreach (Expose expose in peering.Left.Exposes) yield return new ExposeOfEnd(peering, peering.Left, expose, peering.Right.Realm);
            foreach (Expose expose in peering.Right.Exposes) yield return new ExposeOfEnd(peering, peering.Right, expose, peering.Left.Realm);
        }
    }
}

/// <summary>An expose where it stands.</summary>
/// <param name="Peering">The peering.</param>
/// <param name="End">The end whose it is.</param>
/// <param name="Expose">The expose.</param>
/// <param name="Towards">The realm that it is shown to.</param>
internal sealed record ExposeOfEnd(Peering Peering, PeeringEnd End, Expose Expose, string Towards);
