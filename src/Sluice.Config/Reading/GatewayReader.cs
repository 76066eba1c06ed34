using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads the native Gateway.</summary>
internal static class GatewayReader
{
    /// <summary>The largest VXLAN network identifier (RFC 7348: 24 bits).</summary>
    public const int MaxVni = (1 << 24) - 1;

    private const int MaxSessions = 1 << 30;

    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;
        Fields spec = Fields.Of(header.Document["spec"], problems,
            "links", "realms", "sessions", "timers", "workers", "identity", "logging", "api");
        Fields sessions = Fields.Of(spec["sessions"], problems, "capacity");
        Fields logging = Fields.Of(spec["logging"], problems, "level");
        Fields api = Fields.Of(spec["api"], problems, "socket");
        (IpAddress? v4, IpAddress? v6) = Identity(spec["identity"], problems);
        GatewayDocument defaults = new() { Name = "", Place = default };
        asked.Gateways.Add(new GatewayDocument
        {
            Name = header.Name,
            Place = header.Place,
            NamePlace = header.NamePlace,
            Links = LinkReader.Read(spec.List("links"), problems),
            Realms = Realms(spec.List("realms"), problems),
            SessionCapacity = sessions.Int("capacity", 1, MaxSessions) ?? defaults.SessionCapacity,
            Timers = TimerReader.Read(spec["timers"], problems),
            Workers = spec.Int("workers", 1, 64) ?? defaults.Workers,
            IdentityV4 = v4 ?? defaults.IdentityV4,
            IdentityV6 = v6,
            LogLevel = logging.Choice("level",
                ("error", LogLevelChoice.Error), ("warning", LogLevelChoice.Warning), ("info", LogLevelChoice.Info), ("debug", LogLevelChoice.Debug)) ?? defaults.LogLevel,
            ApiSocket = api.Text("socket"),
        });
    }

    // One address, or a list with at most one of each family.
    private static (IpAddress? V4, IpAddress? V6) Identity(YamlNode? node, Problems problems)
    {
        IpAddress? v4 = null, v6 = null;
        if (node is null) return (v4, v6);
        foreach (YamlNode item in node is YamlSequence ? Values.List(node, problems) : [node])
        {
            if (Values.Address(item, problems) is not { } address) continue;
            if ((address.IsV4 ? v4 : v6) is not null)
                problems.Error(item, ConfigRule.Invalid, "'identity' has at most one address of each family");
            else if (address.IsV4)
                v4 = address;
            else
                v6 = address;
        }

        return (v4, v6);
    }

    private static ImmutableArray<RealmSpec> Realms(List<YamlNode> nodes, Problems problems)
    {
        var realms = ImmutableArray.CreateBuilder<RealmSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "name", "vni", "remotes");
            if (fields.Require("name") is not { } nameNode || Names.Read(nameNode, problems, "a realm") is not { } name) continue;
            realms.Add(new RealmSpec
            {
                Name = name,
                Vni = Vni(fields, "vni"),
                Remotes = Remotes(fields.List("remotes"), problems),
                Place = node.Place,
                VniPlace = fields.PlaceOf("vni"),
            });
        }

        return realms.ToImmutable();
    }

    /// <summary>A VNI, or null.</summary>
    public static int? Vni(Fields fields, string name)
    {
        if (fields[name] is not { } node) return null;
        if (node is YamlScalar { IsNumber: true } number && int.TryParse(number.Text, out int vni) && vni is > 0 and <= MaxVni) return vni;
        if (node is YamlScalar { IsNumber: true } wrong)
            fields.Problems.Error(node, ConfigRule.InvalidVpcVni, $"{Nearest.Shown(wrong.Text)} is not a VNI: 1 to {MaxVni}");
        else
            Values.Wrong(node, fields.Problems, "a number");
        return null;
    }

    private static ImmutableArray<RemoteSpec> Remotes(List<YamlNode> nodes, Problems problems)
    {
        var remotes = ImmutableArray.CreateBuilder<RemoteSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "prefix", "vtep", "mac");
            IpPrefix? prefix = fields.Require("prefix") is { } p ? Values.Prefix(p, problems) : null;
            IpAddress? vtep = fields.Require("vtep") is { } v ? Values.Address(v, problems) : null;
            MacAddress? mac = fields.Require("mac") is { } m ? Values.Mac(m, problems) : null;
            if (prefix is null || vtep is null || mac is null) continue;
            remotes.Add(new RemoteSpec(prefix.Value, vtep.Value, mac.Value, node.Place));
        }

        return remotes.ToImmutable();
    }
}
