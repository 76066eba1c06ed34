using System.Globalization;
using System.Text;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Configurations in a few words.</summary>
internal static class Net
{
    /// <summary>Two IPv4 realms, vpc1 masqueraded towards vpc2 as 203.0.113.1; what <paramref name="profile"/> says of it.</summary>
    public static string Masquerade(string profile = "", string publics = "203.0.113.1/32", string nat = "masquerade: {}") => Of(
        [Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3 10.0.0.4"), Link("vpc2", "192.168.50.1/24", "192.168.50.2 192.168.50.3")],
        [$"vpc1: {{ expose: [{{ ips: [{{ cidr: 10.0.0.0/24 }}], as: [{{ cidr: {publics} }}], nat: {{ {nat} }} }}] }}, vpc2: {Plain("192.168.50.0/24")}"],
        profile);

    /// <summary>A configuration of links, native peerings, and the fields of the default profile.</summary>
    public static string Of(string[] links, string[] peerings, string profile = "", string more = "")
    {
        var text = new StringBuilder("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec:
              links:

            """);
        var realms = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string link in links)
        {
            text.Append(CultureInfo.InvariantCulture, $"    - {link}\n");
            realms.Add(link.Split("realm: ")[1].Split([',', ' ', '}'])[0]);
        }

        text.Append(CultureInfo.InvariantCulture, $"  realms: [{string.Join(", ", realms.Select(static realm => $"{{ name: {realm} }}"))}]\n{more}");
        for (int i = 0; i < peerings.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: Peering
                metadata: { name: p{{i}} }
                spec: { peering: { {{peerings[i]}} } }

                """);
        }

        if (profile.Length != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: NatProfile
                metadata: { name: default }
                spec: { {{profile}} }

                """);
        }

        return text.ToString();
    }

    /// <summary>An Ethernet link in the realm of its name, with an address and the neighbours that are known there.</summary>
    public static string Link(string name, string address, string neighbors, string more = "", string? realm = null, string driver = "afpacket")
    {
        int number = 0;
        string known = string.Join(", ", neighbors.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(neighbor => $"{{ address: \"{neighbor}\", mac: \"02:00:00:00:10:{++number:x2}\" }}"));
        string addresses = string.Join(", ", address.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static one => $"\"{one}\""));
        string list = known.Length == 0 ? "" : $", neighbors: [{known}]";
        return $"{{ name: {name}, driver: {driver}, realm: {realm ?? name}, addresses: [{addresses}]{list}{more} }}";
    }

    /// <summary>A link that carries bare IP packets.</summary>
    public static string Tun(string name, string address, string more = "") => Link(name, address, "", more, driver: "tun");

    /// <summary>An end of a peering that shows prefixes as they are.</summary>
    public static string Plain(params string[] prefixes) =>
        $"{{ expose: [{{ ips: [{string.Join(", ", prefixes.Select(Entry))}] }}] }}";

    /// <summary>An end of a peering that hides prefixes behind public addresses.</summary>
    public static string Masquerading(string inside, string publics, string nat = "masquerade: {}") =>
        $"{{ expose: [{{ ips: [{Entry(inside)}], as: [{Entry(publics)}], nat: {{ {nat} }} }}] }}";

    private static string Entry(string prefix) => prefix.StartsWith('!') ? $"{{ not: \"{prefix[1..]}\" }}" : $"{{ cidr: \"{prefix}\" }}";
}
