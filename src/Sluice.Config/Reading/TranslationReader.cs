using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads a Translation.</summary>
internal static class TranslationReader
{
    private static readonly string[] HashFieldNames = ["srcAddr", "dstAddr", "srcPort", "dstPort", "protocol"];

    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;
        Fields spec = Fields.Of(header.Document.Require("spec"), problems,
            "realm", "address", "port", "protocol", "mode", "loadBalancing", "affinity", "profile", "onRemove", "backends");
        if (!spec.Exist || spec.Require("address") is not { } addressNode || Values.Address(addressNode, problems) is not { } address) return;
        Fields balancing = Fields.Of(spec["loadBalancing"], problems, "method", "hashFields");
        Fields affinity = Fields.Of(spec["affinity"], problems, "by", "timeout");
        affinity.Choice("by", ("clientAddress", true));
        PortRange? ports = PortOrRange(spec, "port");
        asked.Translations.Add(new TranslationDocument
        {
            Name = header.Name,
            Place = header.Place,
            NamePlace = header.NamePlace,
            RealmPlace = spec.PlaceOf("realm"),
            AddressPlace = spec.PlaceOf("address"),
            ProfilePlace = spec.PlaceOf("profile"),
            Realm = spec.Text("realm") ?? ConfigSet.DefaultRealm,
            Address = address,
            Ports = ports ?? PortRange.All,
            Protocol = (byte)(spec.Choice("protocol", ("TCP", 6), ("UDP", 17), ("SCTP", 132)) ?? 6),
            IsReal = spec.Choice("mode", ("vip", false), ("real", true)) ?? false,
            Maglev = balancing.Choice("method", ("hash", false), ("maglev", true)) ?? false,
            HashFields = HashFields(balancing.List("hashFields"), problems),
            AffinityTimeout = affinity.Exist ? TimerReader.Timer(affinity, "timeout", TimeSpan.Zero, "") ?? TimeSpan.FromHours(3) : null,
            Profile = spec.Text("profile"),
            DrainOnRemove = spec.Choice("onRemove", ("end", false), ("drain", true)) ?? false,
            Backends = Backends(spec.List("backends"), address, ports ?? PortRange.All, problems),
        });
    }

    private static ImmutableArray<string> HashFields(List<YamlNode> nodes, Problems problems)
    {
        var fields = ImmutableArray.CreateBuilder<string>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            if (Values.Text(node, problems) is not { } name) continue;
            if (HashFieldNames.AsSpan().Contains(name))
                fields.Add(name);
            else
                problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(name)}' is no field of a hash; {Nearest.Hint(name, HashFieldNames)}");
        }

        return fields.ToImmutable();
    }

    private static ImmutableArray<BackendSpec> Backends(List<YamlNode> nodes, IpAddress virtualAddress, PortRange virtualPorts, Problems problems)
    {
        var backends = ImmutableArray.CreateBuilder<BackendSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "address", "port", "weight", "state", "mode", "source");
            if (fields.Require("address") is not { } addressNode || Values.Address(addressNode, problems) is not { } address) continue;
            if (address.Family != virtualAddress.Family)
                problems.Error(addressNode, ConfigRule.InconsistentIpVersion, $"{address} can't stand behind {virtualAddress}: the families differ");
            PortRange? ports = PortOrRange(fields, "port");
            if (ports is { } range && range.Count != virtualPorts.Count)
                problems.Error(fields["port"]!, ConfigRule.MismatchedPrefixSizes, $"a backend has as many ports as the virtual IP: {virtualPorts.Count}, not {range.Count}");
            Fields source = Fields.Of(fields["source"], problems, "address", "port");
            backends.Add(new BackendSpec
            {
                Address = address,
                Ports = ports,
                Weight = fields.Int("weight", 0, 65_535) ?? 100,
                Draining = fields.Choice("state", ("active", false), ("draining", true)) ?? false,
                Direct = fields.Choice("mode", ("nat", false), ("direct", true)) ?? false,
                SourceAddress = source["address"] is { } from ? Values.Address(from, problems) : null,
                SourcePort = (ushort?)source.Int("port", 1, 65_535),
                Place = node.Place,
            });
        }

        return backends.ToImmutable();
    }

    // A number, or a text of ports: here numbers are usual.
    private static PortRange? PortOrRange(Fields fields, string name)
    {
        if (fields[name] is not { } node) return null;
        if (node is not YamlScalar { IsNumber: true }) return Values.Ports(node, fields.Problems);
        return fields.Int(name, 1, 65_535) is { } port ? new PortRange((ushort)port, (ushort)port) : null;
    }
}
