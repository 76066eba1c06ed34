using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads the links of a native Gateway.</summary>
internal static class LinkReader
{
    // RFC 7348 section 5.
    private const int VxlanPort = 4789;

    // RFC 791: every link carries 68 bytes. IPv6 asks for 1280, which a link without IPv6 needn't have.
    private const int MinMtu = 68;

    public static ImmutableArray<LinkSpec> Read(List<YamlNode> nodes, Problems problems)
    {
        var links = ImmutableArray.CreateBuilder<LinkSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
            if (ReadLink(node, problems) is { } link) links.Add(link);
        return links.ToImmutable();
    }

    private static LinkSpec? ReadLink(YamlNode node, Problems problems)
    {
        Fields fields = Fields.Of(node, problems,
            "name", "driver", "device", "realm", "addresses", "routes", "mtu", "mac", "neighbors", "vlan", "vxlan");
        if (!fields.Exist) return null;
        string? name = fields.Require("name") is { } nameNode ? Names.Read(nameNode, problems, "a link") : null;
        LinkDriver? driver = fields.Require("driver") is null ? null : fields.Choice("driver",
            ("afxdp", LinkDriver.AfXdp), ("afpacket", LinkDriver.AfPacket), ("tap", LinkDriver.Tap), ("tun", LinkDriver.Tun), ("memory", LinkDriver.Memory));
        LinkSpec link = new()
        {
            Name = name ?? "?",
            Driver = driver ?? LinkDriver.AfPacket,
            Device = fields["device"] is { } device ? Names.Read(device, problems, "a device") ?? "?" : name ?? "?",
            Realm = fields["realm"] is { } realm ? Names.Read(realm, problems, "a realm") ?? ConfigSet.DefaultRealm : ConfigSet.DefaultRealm,
            Addresses = Addresses(fields.List("addresses"), problems),
            Routes = Routes(fields.List("routes"), problems),
            Neighbors = Neighbors(fields.List("neighbors"), problems),
            Mtu = fields.Int("mtu", MinMtu, 65_535),
            Mac = Mac(fields),
            Vlan = fields.Int("vlan", 1, 4094),
            Vxlan = Vxlan(fields["vxlan"], problems),
            Place = node.Place,
            RealmPlace = fields.PlaceOf("realm"),
            DriverPlace = fields.PlaceOf("driver"),
        };
        return name is null || driver is null ? null : link;
    }

    private static MacAddress? Mac(Fields fields)
    {
        if (fields["mac"] is not { } node || Values.Mac(node, fields.Problems) is not { } mac) return null;
        if (!mac.IsGroup && mac.Value != 0) return mac;
        fields.Problems.Error(node, ConfigRule.Invalid, $"{mac} is no address that a link can have: it is zero or a group's");
        return null;
    }

    private static ImmutableArray<LinkAddress> Addresses(List<YamlNode> nodes, Problems problems)
    {
        var addresses = ImmutableArray.CreateBuilder<LinkAddress>(nodes.Count);
        foreach (YamlNode node in nodes)
            if (Values.AddressInPrefix(node, problems) is (var address, var prefix)) addresses.Add(new LinkAddress(address, prefix, node.Place));
        return addresses.ToImmutable();
    }

    private static ImmutableArray<RouteSpec> Routes(List<YamlNode> nodes, Problems problems)
    {
        var routes = ImmutableArray.CreateBuilder<RouteSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "to", "via");
            IpPrefix? to = fields.Require("to") is { } toNode ? Values.Prefix(toNode, problems) : null;
            IpAddress? via = fields["via"] is { } viaNode ? Values.Address(viaNode, problems) : null;
            if (to is null) continue;
            if (via is { } hop && hop.Family != to.Value.Family)
                problems.Error(fields["via"]!, ConfigRule.InconsistentIpVersion, $"{hop} can't be the next hop of {to}: the families differ");
            else
                routes.Add(new RouteSpec(to.Value, via, node.Place));
        }

        return routes.ToImmutable();
    }

    private static ImmutableArray<NeighborSpec> Neighbors(List<YamlNode> nodes, Problems problems)
    {
        var neighbors = ImmutableArray.CreateBuilder<NeighborSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "address", "mac");
            IpAddress? address = fields.Require("address") is { } a ? Values.Address(a, problems) : null;
            MacAddress? mac = fields.Require("mac") is { } m ? Values.Mac(m, problems) : null;
            if (address is not null && mac is not null) neighbors.Add(new NeighborSpec(address.Value, mac.Value, node.Place));
        }

        return neighbors.ToImmutable();
    }

    private static VxlanSpec? Vxlan(YamlNode? node, Problems problems)
    {
        if (node is null) return null;
        Fields fields = Fields.Of(node, problems, "local", "port");
        IpAddress? local = fields.Require("local") is { } l ? Values.Address(l, problems) : null;
        int port = fields.Int("port", 1, 65_535) ?? VxlanPort;
        return local is { } address ? new VxlanSpec(address, (ushort)port, node.Place) : null;
    }
}
