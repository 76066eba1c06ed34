using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads one expose block. A block with an unreadable part is null: it was reported, and can't be judged.</summary>
internal static class ExposeReader
{
    public static ExposeSpec? Read(YamlNode node, int index, Problems problems, bool isNative)
    {
        Fields fields = Fields.Of(node, problems, "default", "ips", "as", "nat");
        if (!fields.Exist) return null;
        bool good = true;
        bool? isDefault = fields.Bool("default");
        good &= isDefault is not null || fields["default"] is null;
        ImmutableArray<AddressEntry> ips = Entries(fields, "ips", isNative, isPublic: false, ref good);
        ImmutableArray<AddressEntry> publics = Entries(fields, "as", isNative, isPublic: true, ref good);
        NatSpec? nat = null;
        if (fields["nat"] is { } natNode)
        {
            nat = NatReader.Read(natNode, problems, isNative);
            good &= nat is not null;
        }

        return !good ? null : new ExposeSpec
        {
            Index = index,
            IsDefault = isDefault ?? false,
            Ips = ips,
            As = publics,
            Nat = nat,
            Place = node.Place,
        };
    }

    private static ImmutableArray<AddressEntry> Entries(Fields expose, string name, bool isNative, bool isPublic, ref bool good)
    {
        if (expose[name] is not { } list) return [];
        good &= list is YamlSequence;
        List<YamlNode> nodes = expose.List(name);
        var entries = ImmutableArray.CreateBuilder<AddressEntry>(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            AddressEntry? entry = Entry(nodes[i], i, expose.Problems, isNative, isPublic);
            good &= entry is not null;
            if (entry is not null) entries.Add(entry);
        }

        return entries.ToImmutable();
    }

    private static AddressEntry? Entry(YamlNode node, int index, Problems problems, bool isNative, bool isPublic)
    {
        Fields fields = (isPublic, isNative) switch
        {
            (false, false) => Fields.Of(node, problems, "cidr", "not", "vpcSubnet"),
            (false, true) => Fields.Of(node, problems, "cidr", "not", "vpcSubnet", "ports"),
            (true, false) => Fields.Of(node, problems, "cidr", "not"),
            (true, true) => Fields.Of(node, problems, "cidr", "not", "ports"),
        };
        if (!fields.Exist) return null;
        YamlNode? cidr = fields["cidr"], not = fields["not"], subnet = isPublic ? null : fields["vpcSubnet"];
        int given = (cidr is null ? 0 : 1) + (not is null ? 0 : 1) + (subnet is null ? 0 : 1);
        if (given != 1)
        {
            string choices = isPublic ? "'cidr' and 'not'" : "'cidr', 'not' and 'vpcSubnet'";
            problems.Error(node, given == 0 ? ConfigRule.MissingParameter : ConfigRule.Forbidden, $"an entry has exactly one of {choices}, here are {given}");
            return null;
        }

        PortRange? ports = PortRange.All;
        if (isNative && fields["ports"] is { } portsNode) ports = Values.Ports(portsNode, problems, allowAll: true);
        if (subnet is not null)
        {
            string? name = Values.Text(subnet, problems);
            return name is null || ports is null ? null : new AddressEntry(index, IsExclusion: false, default, ports.Value, subnet.Place) { Subnet = name };
        }

        YamlNode value = (cidr ?? not)!;
        IpRange? addresses = isNative && isPublic ? RangeText.ReadAny(value, problems)
            : Values.Prefix(value, problems, needsLength: !isNative) is { } prefix ? new IpRange(prefix) : null;
        return addresses is null || ports is null ? null : new AddressEntry(index, IsExclusion: not is not null, addresses.Value, ports.Value, value.Place);
    }
}
