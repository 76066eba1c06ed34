using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads the nat block of an expose.</summary>
internal static class NatReader
{
    public static NatSpec? Read(YamlNode node, Problems problems, bool isNative)
    {
        Fields fields = Fields.Of(node, problems, "static", "masquerade", "portForward");
        if (!fields.Exist) return null;
        YamlNode? stat = fields["static"], masquerade = fields["masquerade"], forward = fields["portForward"];
        int given = (stat is null ? 0 : 1) + (masquerade is null ? 0 : 1) + (forward is null ? 0 : 1);
        if (given != 1)
        {
            // A misspelt kind has been named already, and a kind without a block is its own hint.
            string? only = given == 0 && fields.Node.Entries.Count == 1 ? fields.Node.Entries[0].Key.Text : null;
            if (only is not null and not ("static" or "masquerade" or "portForward")) return null;
            string hint = only is null ? "" : $" (write '{only}: {{}}')";
            problems.Error(node, ConfigRule.Forbidden, $"'nat' has exactly one of static, masquerade and portForward, here are {given}{hint}");
            return null;
        }

        if (stat is not null)
            return Fields.Of(stat, problems).Exist ? new NatSpec { Kind = NatKind.Static, Place = stat.Place, ProfilePlace = stat.Place } : null;
        return masquerade is not null ? Stateful(masquerade, NatKind.Masquerade, problems, isNative) : Stateful(forward!, NatKind.PortForward, problems, isNative);
    }

    private static NatSpec? Stateful(YamlNode node, NatKind kind, Problems problems, bool isNative)
    {
        bool forwards = kind == NatKind.PortForward;
        Fields fields = (forwards, isNative) switch
        {
            (false, false) => Fields.Of(node, problems, "idleTimeout"),
            (false, true) => Fields.Of(node, problems, "idleTimeout", "profile"),
            (true, false) => Fields.Of(node, problems, "idleTimeout", "ports"),
            (true, true) => Fields.Of(node, problems, "idleTimeout", "ports", "profile"),
        };
        if (!fields.Exist) return null;
        bool good = true;
        ImmutableArray<ForwardSpec> entries = forwards ? Forwards(fields, ref good) : [];
        TimeSpan? idle = TimerReader.IdleTimeout(fields);
        string? profile = isNative ? fields.Text("profile") : null;
        return !good ? null : new NatSpec
        {
            Kind = kind,
            IdleTimeout = idle,
            Profile = profile,
            ProfilePlace = isNative ? fields.PlaceOf("profile") : node.Place,
            Forwards = entries,
            Place = node.Place,
        };
    }

    private static ImmutableArray<ForwardSpec> Forwards(Fields fields, ref bool good)
    {
        YamlNode? list = fields.Require("ports");
        List<YamlNode> nodes = fields.List("ports");
        if (list is YamlSequence { Items.Count: 0 }) fields.Problems.Error(list, ConfigRule.MissingParameter, "'ports' needs at least one entry");
        good &= nodes.Count > 0;
        var forwards = ImmutableArray.CreateBuilder<ForwardSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            ForwardSpec? forward = Forward(node, fields.Problems);
            good &= forward is not null;
            if (forward is not null) forwards.Add(forward);
        }

        return forwards.ToImmutable();
    }

    private static ForwardSpec? Forward(YamlNode node, Problems problems)
    {
        Fields fields = Fields.Of(node, problems, "proto", "port", "as");
        ForwardProtocol? protocol = fields["proto"] is null ? ForwardProtocol.Any : fields.Choice("proto",
            ("tcp", ForwardProtocol.Tcp), ("udp", ForwardProtocol.Udp), ("", ForwardProtocol.Any));
        PortRange? inside = fields.Require("port") is { } p ? Values.Ports(p, problems) : null;
        PortRange? outside = fields.Require("as") is { } a ? Values.Ports(a, problems) : null;
        return protocol is null || inside is null || outside is null ? null : new ForwardSpec(protocol.Value, inside.Value, outside.Value, node.Place);
    }
}
