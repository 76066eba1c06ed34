using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads a Translation.</summary>
internal static class TranslationReader
{
    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;
        Fields spec = Fields.Of(header.Document.Require("spec"), problems,
            "realm", "address", "addressOf", "family", "port", "protocol", "sources", "mode", "noClient", "loadBalancing", "affinity", "profile", "onRemove", "health", "backends");
        if (!spec.Exist || EndAddress(spec) is not { } end) return;
        (IpAddress address, NamedSpec? addressOf) = end;
        Balancing balancing = BalancingReader.Read(spec);
        Fields affinity = Fields.Of(spec["affinity"], problems, "by", "timeout");
        affinity.Choice("by", ("clientAddress", true));
        PortRange? ports = PortOrRange(spec, "port");
        byte protocol = (byte)(spec.Choice("protocol", ("TCP", 6), ("UDP", 17), ("SCTP", 132)) ?? 6);
        ImmutableArray<BackendSpec> backends = Backends(spec.List("backends"), address, ports ?? PortRange.All, problems);
        (ImmutableArray<IpPrefix> sources, ImmutableArray<Place> sourcePlaces) = Sources(spec, address, problems);
        asked.Translations.Add(new TranslationDocument
        {
            Name = header.Name,
            Place = header.Place,
            NamePlace = header.NamePlace,
            RealmPlace = spec.PlaceOf("realm"),
            AddressPlace = spec.PlaceOf(addressOf is null ? "address" : "addressOf"),
            ProfilePlace = spec.PlaceOf("profile"),
            Realm = spec.Text("realm") ?? ConfigSet.DefaultRealm,
            Address = address,
            AddressOf = addressOf,
            Ports = ports ?? PortRange.All,
            Protocol = protocol,
            Sources = sources,
            SourcePlaces = sourcePlaces,
            IsReal = spec.Choice("mode", ("vip", false), ("real", true)) ?? false,
            NoClient = spec.Bool("noClient") ?? false,
            Maglev = balancing.IsMaglev,
            TableSize = balancing.TableSize,
            SymmetricHash = balancing.IsSymmetric,
            ReverseHash = balancing.IsReverse,
            HashFields = balancing.HashFields,
            AffinityTimeout = affinity.Exist ? TimerReader.Timer(affinity, "timeout", TimeSpan.Zero, "") ?? TimeSpan.FromHours(3) : null,
            Profile = spec.Text("profile"),
            DrainOnRemove = spec.Choice("onRemove", ("end", false), ("drain", true)) ?? false,
            Health = HealthReader.Read(spec["health"], protocol, ports is not null || backends.All(static backend => backend.Ports is not null), problems),
            Backends = backends,
        });
    }

    private static ImmutableArray<BackendSpec> Backends(List<YamlNode> nodes, IpAddress virtualAddress, PortRange virtualPorts, Problems problems)
    {
        var backends = ImmutableArray.CreateBuilder<BackendSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "address", "addressOf", "port", "weight", "state", "mode", "source");
            if (!fields.Exist || BackendAddress(fields, virtualAddress) is not { } end) continue;
            (IpAddress address, NamedSpec? addressOf) = end;
            if (address.Family != virtualAddress.Family)
                problems.Error(fields["address"] ?? node, ConfigRule.InconsistentIpVersion, $"{address} can't stand behind {virtualAddress}: the families differ");
            PortRange? ports = PortOrRange(fields, "port");
            if (ports is { } range && range.Count != virtualPorts.Count)
                problems.Error(fields["port"]!, ConfigRule.MismatchedPrefixSizes, $"a backend has as many ports as the virtual IP: {virtualPorts.Count}, not {range.Count}");
            Fields source = Fields.Of(fields["source"], problems, "address", "addressOf", "port");
            IpAddress? from = source["address"] is { } sourceNode ? Values.Address(sourceNode, problems) : null;
            if (from is { } given && given.Family != virtualAddress.Family)
                problems.Error(source["address"]!, ConfigRule.InconsistentIpVersion, $"{given} can't be the source behind {virtualAddress}: the families differ");
            backends.Add(new BackendSpec
            {
                Address = address,
                AddressOf = addressOf,
                Ports = ports,
                Weight = fields.Int("weight", 0, 65_535) ?? 100,
                Draining = fields.Choice("state", ("active", false), ("draining", true)) ?? false,
                Direct = fields.Choice("mode", ("nat", false), ("direct", true)) ?? false,
                SourceAddress = from,
                SourceAddressOf = LinkName(source),
                SourcePort = (ushort?)source.Int("port", 1, 65_535),
                Place = node.Place,
            });
        }

        return backends.ToImmutable();
    }

    private static (ImmutableArray<IpPrefix> Sources, ImmutableArray<Place> Places) Sources(Fields spec, IpAddress virtualAddress, Problems problems)
    {
        if (spec["sources"] is not { } list) return ([], []);
        var sources = ImmutableArray.CreateBuilder<IpPrefix>();
        var places = ImmutableArray.CreateBuilder<Place>();
        foreach (YamlNode node in spec.List("sources"))
        {
            if (Values.Prefix(node, problems) is not { } prefix) continue;
            if (prefix.Family != virtualAddress.Family)
                problems.Error(node, ConfigRule.InconsistentIpVersion, $"{prefix} can't be a client of {virtualAddress}: the families differ");
            else if (sources.IndexOf(prefix) is >= 0 and int first)
                problems.Error(node.Place, "spec.sources", ConfigRule.Invalid, $"{prefix} is listed twice", places[first]);
            sources.Add(prefix);
            places.Add(node.Place);
        }

        if (list is YamlSequence { Items.Count: 0 }) problems.Error(list, ConfigRule.MissingParameter, "'sources' needs at least one prefix; leave it out for all clients");
        return (sources.ToImmutable(), places.ToImmutable());
    }

    // The virtual address: given, or that of a link.
    private static (IpAddress Address, NamedSpec? Of)? EndAddress(Fields spec)
    {
        if (LinkName(spec) is not { } link)
            return spec.Require("address") is { } node && Values.Address(node, spec.Problems) is { } address ? (address, null) : null;
        IpFamily family = spec.Choice("family", ("ipv4", IpFamily.V4), ("ipv6", IpFamily.V6)) ?? IpFamily.V4;
        return (new IpAddress(family, 0), link);
    }

    // A backend without any address keeps the destination's and changes its port.
    private static (IpAddress Address, NamedSpec? Of)? BackendAddress(Fields fields, IpAddress virtualAddress)
    {
        IpAddress unspecified = new(virtualAddress.Family, 0);
        if (LinkName(fields) is { } link) return (unspecified, link);
        if (fields["address"] is null && fields["port"] is not null) return (unspecified, null);
        return fields.Require("address") is { } node && Values.Address(node, fields.Problems) is { } address ? (address, null) : null;
    }

    private static NamedSpec? LinkName(Fields fields)
    {
        if (fields["addressOf"] is not { } node) return null;
        if (fields["address"] is { } address)
            fields.Problems.Error(address, ConfigRule.Forbidden, "'address' and 'addressOf' exclude each other");
        return Values.Text(node, fields.Problems) is { } name ? new NamedSpec(name, node.Place) : null;
    }

    // A number, or a text of ports: here numbers are usual.
    private static PortRange? PortOrRange(Fields fields, string name)
    {
        if (fields[name] is not { } node) return null;
        if (node is not YamlScalar { IsNumber: true }) return Values.Ports(node, fields.Problems);
        return fields.Int(name, 1, 65_535) is { } port ? new PortRange((ushort)port, (ushort)port) : null;
    }
}
