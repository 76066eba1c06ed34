using Sluice.Config.Documents;
using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads a NatProfile.</summary>
internal static class NatProfileReader
{
    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;
        NatProfileDocument defaults = NatProfileDocument.BuiltIn;
        Fields spec = Fields.Of(header.Document["spec"], problems,
            "mapping", "filtering", "ports", "preservePort", "holdTime", "timers", "quotas", "refuse", "paired", "mssClamp", "midstream",
            "rstCheck", "inboundRefresh");
        asked.Profiles.Add(new NatProfileDocument
        {
            Name = header.Name,
            Place = header.Place,
            NamePlace = header.NamePlace,
            Given = spec.Exist ? [.. spec.Node.Entries.Select(entry => new NamedSpec(entry.Key.Text, entry.Value.Place))] : [],
            Mapping = spec.Choice("mapping",
                ("endpointIndependent", MappingBehaviour.EndpointIndependent),
                ("addressAndPortDependent", MappingBehaviour.AddressAndPortDependent)) ?? defaults.Mapping,
            Filtering = spec.Choice("filtering",
                ("endpointIndependent", FilteringBehaviour.EndpointIndependent),
                ("addressDependent", FilteringBehaviour.AddressDependent),
                ("addressAndPortDependent", FilteringBehaviour.AddressAndPortDependent)) ?? defaults.Filtering,
            Ports = (spec["ports"] is { } ports ? Values.Ports(ports, problems) : null) ?? defaults.Ports,
            PreservePort = spec.Bool("preservePort") ?? defaults.PreservePort,
            HoldTime = HoldTime(spec) ?? defaults.HoldTime,
            Timers = TimerReader.Read(spec["timers"], problems),
            Quotas = Quotas(spec["quotas"], problems),
            Refuse = Refuse(spec["refuse"], problems),
            Paired = spec.Choice("paired", ("preferred", PairingBehaviour.Preferred), ("strict", PairingBehaviour.Strict)) ?? defaults.Paired,
            MssClamp = spec.Int("mssClamp", 48, 65_495),
            Midstream = spec.Choice("midstream",
                ("drop", MidstreamBehaviour.Drop), ("reset", MidstreamBehaviour.Reset), ("adopt", MidstreamBehaviour.Adopt)) ?? defaults.Midstream,
            RstCheck = spec.Choice("rstCheck", ("window", ResetCheck.Window), ("none", ResetCheck.None)) ?? defaults.RstCheck,
            InboundRefresh = spec.Choice("inboundRefresh",
                ("auto", InboundRefreshBehaviour.Auto), ("on", InboundRefreshBehaviour.On), ("off", InboundRefreshBehaviour.Off)) ?? defaults.InboundRefresh,
        });
    }

    // RFC 6888 REQ-8 asks for 120 s; 0 is a choice that some make, so it is a warning too.
    private static TimeSpan? HoldTime(Fields spec)
    {
        if (spec.Duration("holdTime") is not { } duration) return null;
        if (duration < TimeSpan.FromMinutes(2))
            spec.Problems.Warning(spec["holdTime"]!, ConfigRule.ShortTimer, "'holdTime' is under the minimum of 2m (RFC 6888 REQ-8)");
        return duration;
    }

    private static QuotaSpec Quotas(YamlNode? node, Problems problems)
    {
        if (node is null) return new QuotaSpec();
        Fields fields = Fields.Of(node, problems, "portsPerHost", "sessionsPerHost", "newSessionsPerSecondPerHost");
        return new QuotaSpec(
            fields.Int("portsPerHost", 0, int.MaxValue) ?? 0,
            fields.Int("sessionsPerHost", 0, int.MaxValue) ?? 0,
            fields.Int("newSessionsPerSecondPerHost", 0, int.MaxValue) ?? 0);
    }

    private static RefuseSpec Refuse(YamlNode? node, Problems problems)
    {
        if (node is null) return new RefuseSpec();
        Fields fields = Fields.Of(node, problems, "inside", "outside");
        ReadOnlySpan<(string, RefusalAnswer)> answers = [("icmp", RefusalAnswer.Icmp), ("silent", RefusalAnswer.Silent)];
        return new RefuseSpec(fields.Choice("inside", answers) ?? RefusalAnswer.Icmp, fields.Choice("outside", answers) ?? RefusalAnswer.Silent);
    }
}
