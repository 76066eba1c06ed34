using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads the Gateway and the GatewayGroup of the reference dialect: checked and kept, nothing depends on them.</summary>
internal static class FabricReader
{
    public static void ReadGroup(Header header, Asked asked)
    {
        Fields.Of(header.Document["spec"], header.Problems);
        asked.Groups.Add(new GatewayGroupDocument { Name = header.Name, Place = header.Place, NamePlace = header.NamePlace });
    }

    public static void ReadGateway(Header header, Asked asked)
    {
        if (header.Document.Require("spec") is { } spec && ReadGatewayFields(header.Name, header.Place, spec, header.Problems, needsVtep: false) is { } gateway)
            asked.FabricGateways.Add(gateway with { NamePlace = header.NamePlace });
    }

    /// <summary>The fields of a gateway, in a document of its own or inside a GatewayAgent.</summary>
    public static FabricGatewayDocument? ReadGatewayFields(string name, Place place, YamlNode node, Problems problems, bool needsVtep)
    {
        Fields spec = Fields.Of(node, problems,
            "protocolIP", "vtepIP", "vtepMAC", "vtepMTU", "asn", "interfaces", "neighbors", "groups", "workers", "logs", "profiling", "flowTableCapacity");
        if (!spec.Exist) return null;
        if (needsVtep && spec["vtepIP"] is null) problems.Error(node, ConfigRule.MissingParameter, "'vtepIP' is missing: a gateway with VPCs has a tunnel end");
        spec.Int("vtepMTU", 576, 65_535);
        spec.Int("workers", 1, 64);
        spec.Int("flowTableCapacity", 1, int.MaxValue);
        Interfaces(spec["interfaces"], problems);
        Neighbors(spec.List("neighbors"), problems);
        Fields logs = Fields.Of(spec["logs"], problems, "default", "tags", "rateLimit");
        logs.Text("default");
        Fields rate = Fields.Of(logs["rateLimit"], problems, "burst", "replenishPerSecond");
        rate.Int("burst", 0, int.MaxValue);
        rate.Int("replenishPerSecond", 0, int.MaxValue);
        Fields.Of(spec["profiling"], problems, "enabled").Bool("enabled");
        return new FabricGatewayDocument
        {
            Name = name,
            Place = place,
            ProtocolAddress = HostAddress(spec, "protocolIP", ConfigRule.Invalid),
            VtepAddress = VtepAddress(spec, "vtepIP"),
            VtepMac = VtepMac(spec),
            Groups = Groups(spec.List("groups"), problems),
        };
    }

    /// <summary>An IPv4 unicast address, alone or as a /32.</summary>
    public static IpAddress? VtepAddress(Fields fields, string name) => HostAddress(fields, name, ConfigRule.BadVtepLocalAddress);

    private static IpAddress? HostAddress(Fields fields, string name, ConfigRule rule)
    {
        if (fields.Text(name) is not { } text) return null;
        if (IpPrefix.TryParse(text, out IpPrefix prefix, out _) && prefix.IsHost && prefix.Family == IpFamily.V4 && IsUnicast(prefix.Address)) return prefix.Address;
        fields.Problems.Error(fields[name]!, rule, $"'{Nearest.Shown(text)}' is not an IPv4 unicast address");
        return null;
    }

    // Not 0/8, not 127/8, nothing from 224.0.0.0 up.
    private static bool IsUnicast(IpAddress address) => (uint)(address.Value >> 24) is > 0 and not 127 and < 224;

    private static MacAddress? VtepMac(Fields spec)
    {
        if (spec.Text("vtepMAC") is not { } text) return null;
        if (MacAddress.TryParse(text, out MacAddress mac) && mac.Value != 0 && !mac.IsGroup) return mac;
        spec.Problems.Error(spec["vtepMAC"]!, ConfigRule.BadVtepMacAddress, $"'{Nearest.Shown(text)}' is not a unicast Ethernet address");
        return null;
    }

    private static void Interfaces(YamlNode? node, Problems problems)
    {
        Fields map = Fields.Loose(node, problems);
        if (!map.Exist) return;
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in map.Node.Entries)
        {
            Fields fields = Fields.Of(entry.Value, problems, "pci", "kernel", "ips", "mtu");
            fields.Text("pci");
            fields.Text("kernel");
            fields.Int("mtu", 68, 65_535);
            foreach (YamlNode ip in fields.List("ips")) Values.AddressInPrefix(ip, problems);
        }
    }

    private static void Neighbors(List<YamlNode> nodes, Problems problems)
    {
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "source", "ip", "asn");
            fields.Text("source");
            if (fields["ip"] is { } ip) Values.AddressInPrefix(ip, problems);
        }
    }

    private static ImmutableArray<GroupMembershipSpec> Groups(List<YamlNode> nodes, Problems problems)
    {
        var groups = ImmutableArray.CreateBuilder<GroupMembershipSpec>(nodes.Count);
        Dictionary<string, Place> seen = new(StringComparer.Ordinal);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "name", "priority");
            int priority = fields.Int("priority", int.MinValue, int.MaxValue) ?? 0;
            if (fields.RequireText("name") is not { } name) continue;
            if (seen.TryAdd(name, node.Place))
                groups.Add(new GroupMembershipSpec(name, priority, node.Place));
            else
                problems.Error(node, ConfigRule.DuplicateMember, $"the gateway is in group '{Nearest.Shown(name)}' twice", seen[name]);
        }

        return groups.ToImmutable();
    }
}
