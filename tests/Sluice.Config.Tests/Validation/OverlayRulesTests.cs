using Xunit;
using static Sluice.Config.Tests.Samples;
using static Sluice.Config.Tests.Validation.EndRulesTests;

namespace Sluice.Config.Tests.Validation;

/// <summary>Rules O1 to O9: all peerings together.</summary>
public class OverlayRulesTests
{
    private static readonly string Vpcs = Vpc("vpc-1") + Vpc("vpc-2") + Vpc("vpc-3");

    private static string ToVpc1(string realm, string expose, string? group = null, bool native = false, string left = "192.168.0.0/16") =>
        Peering($"[{None(left)}]", $"[{expose}]", name: $"to-{realm}", rightRealm: realm, group: group, native: native);

    [Fact]
    public void A_vpc_that_no_document_has_is_refused_where_it_is_named()
    {
        ConfigError error = Refused(Vpcs + Peering("[{default: true}]", $"[{None("10.0.0.0/24")}]", rightRealm: "vpc-4"), ConfigRule.NoSuchVpc);
        Assert.Contains("did you mean 'vpc-", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Peerings_alone_are_a_configuration()
    {
        ConfigSet set = Accepted(Peering("[{default: true}]", $"[{None("10.0.0.0/24")}]"));
        Assert.Equal(["default", "vpc-1", "vpc-2"], set.Realms.Select(realm => realm.Name));
    }

    [Theory]
    [InlineData("vni: 0", ConfigRule.InvalidVpcVni)]
    [InlineData("vni: 16777216", ConfigRule.InvalidVpcVni)]
    [InlineData("vpcID: AAA", ConfigRule.BadVpcId)]
    [InlineData("vpcID: '!1234'", ConfigRule.BadVpcId)]
    [InlineData("vni: 3000", ConfigRule.DuplicateVpcVni)]
    [InlineData("vpcID: AAAAA", ConfigRule.DuplicateVpcId)]
    public void A_vpc_is_refused(string spec, ConfigRule rule) =>
        Refused(Vpc("vpc-0", "{vni: 3000, vpcID: AAAAA}") + Vpc("vpc-1", $"{{{spec}}}"), rule);

    [Fact]
    public void A_vpcs_identifier_may_stand_in_its_status()
    {
        const string Text = $$"""
            ---
            apiVersion: {{Fabric}}
            kind: VPCInfo
            metadata: { name: NAME, namespace: default, generation: 3 }
            spec: { vni: VNI }
            status: { internalID: AAAAA }

            """;
        string first = Text.Replace("NAME", "a", StringComparison.Ordinal).Replace("VNI }", "1 }", StringComparison.Ordinal);
        Accepted(first);
        Refused(first + Text.Replace("NAME", "b", StringComparison.Ordinal).Replace("VNI }", "2 }", StringComparison.Ordinal), ConfigRule.DuplicateVpcId);
    }

    [Fact]
    public void A_vpc_has_one_document() => Refused(Vpc("vpc-1") + Vpc("vpc-1"), ConfigRule.DuplicateVpcName);

    [Fact]
    public void Peerings_have_names_of_their_own()
    {
        Refused(Vpcs + Peering("[{default: true}]", $"[{None("10.0.0.0/24")}]", name: "''"), ConfigRule.MissingIdentifier);
        Refused(Vpcs + Peering($"[{None("10.1.0.0/24")}]", $"[{None("10.0.0.0/24")}]") + Peering($"[{None("10.1.0.0/24")}]", $"[{None("10.0.2.0/24")}]", rightRealm: "vpc-3"),
            ConfigRule.DuplicateVpcPeeringId);
    }

    [Fact]
    public void Two_vpcs_have_one_peering()
    {
        string a = Peering($"[{None("10.1.0.0/24")}]", $"[{None("10.0.0.0/24")}]", name: "a");
        Refused(Vpcs + a + Peering($"[{None("10.2.0.0/24")}]", $"[{None("10.3.0.0/24")}]", name: "b", leftRealm: "vpc-2", rightRealm: "vpc-1"), ConfigRule.DuplicateVpcPeerings);
    }

    [Fact]
    public void A_vpc_sees_one_default_and_may_show_its_own_to_many()
    {
        Refused(Vpcs + ToVpc1("vpc-2", "{default: true}") + ToVpc1("vpc-3", "{default: true}"), ConfigRule.Forbidden);
        Accepted(Vpcs
            + Peering("[{default: true}]", $"[{None("10.2.0.0/24")}]", name: "a")
            + Peering("[{default: true}]", $"[{None("10.3.0.0/24")}]", name: "b", rightRealm: "vpc-3"));
    }

    public static TheoryData<string, string, ConfigRule?> Overlaps => new()
    {
        { None("10.0.0.0/16"), None("10.0.1.0/24"), ConfigRule.OverlappingPrefixes },
        { None("10.0.0.0/16"), None("10.1.0.0/24"), null },
        { Static("10.0.0.0/16", "1.0.0.0/16"), Static("10.0.0.0/16", "2.0.0.0/16"), null },
        { Masquerade("10.0.0.0/16", "1.0.0.0/24"), Masquerade("10.0.0.0/16", "1.0.0.0/24"), null },
        { Masquerade("10.0.0.0/16", "1.0.0.0/24"), Static("10.0.0.0/24", "1.0.0.0/24"), ConfigRule.OverlappingPrefixes },
        { Masquerade("10.0.0.0/16", "1.0.0.0/24"), Forward("10.0.0.1/32", "80", "1.0.0.1/32", "80"), ConfigRule.OverlappingPrefixes },
        { Forward("10.0.0.1/32", "80", "1.0.0.1/32", "80"), Forward("10.0.0.1/32", "80", "1.0.0.1/32", "81"), null },
        { Forward("10.0.0.1/32", "80", "1.0.0.1/32", "80"), Forward("10.0.0.1/32", "80", "1.0.0.0/31", "80").Replace("10.0.0.1/32", "10.0.0.0/31", StringComparison.Ordinal), ConfigRule.OverlappingPrefixes },
        { "{default: true}", None("10.0.1.0/24"), null },
        // Who has a part in a shared pool may forward ports of it; one port has one owner.
        { $"{Masquerade("10.0.0.0/16", "1.0.0.0/24")}, {Forward("10.0.0.1/32", "80", "1.0.0.1/32", "80")}", Masquerade("10.0.0.0/16", "1.0.0.0/24"), null },
        {
            $"{Masquerade("10.0.0.0/16", "1.0.0.0/24")}, {Forward("10.0.0.1/32", "80", "1.0.0.1/32", "80")}",
            $"{Masquerade("10.0.0.0/16", "1.0.0.0/24")}, {Forward("10.0.0.1/32", "80", "1.0.0.1/32", "81")}", null
        },
        {
            $"{Masquerade("10.0.0.0/16", "1.0.0.0/24")}, {Forward("10.0.0.1/32", "80", "1.0.0.1/32", "80")}",
            $"{Masquerade("10.0.0.0/16", "1.0.0.0/24")}, {Forward("10.0.0.2/32", "80", "1.0.0.1/32", "80")}", ConfigRule.OverlappingPrefixes
        },
        // With ports, and only what exclusions leave.
        { "{ips: [{cidr: 5.0.0.0/24, ports: '6001-8000'}]}", "{ips: [{cidr: 5.0.0.0/25, ports: '5001-7000'}]}", ConfigRule.OverlappingPrefixes },
        { "{ips: [{cidr: 5.0.0.0/24, ports: '7001-8000'}]}", "{ips: [{cidr: 5.0.0.0/25, ports: '5001-7000'}]}", null },
        { "{ips: [{cidr: 5.0.0.0/24}, {not: 5.0.0.0/25}]}", None("5.0.0.0/25"), null },
    };

    [Theory]
    [MemberData(nameof(Overlaps))]
    public void What_two_vpcs_show_a_third_is_apart(string one, string two, ConfigRule? rule)
    {
        foreach ((string a, string b) in new[] { (one, two), (two, one) })
        {
            string yaml = Vpcs + ToVpc1("vpc-2", a, native: true) + ToVpc1("vpc-3", b, native: true);
            if (rule is null) Accepted(yaml);
            else Assert.Single(Refused(yaml, rule.Value).Others);
        }
    }

    [Theory]
    [InlineData("g1", "g1", null)]
    [InlineData("g1", "g2", ConfigRule.Forbidden)]
    public void Overlaps_that_are_allowed_use_one_group(string first, string second, ConfigRule? rule)
    {
        foreach (string other in new[] { Masquerade("10.0.0.0/16", "1.0.0.0/24"), "{default: true}" })
        {
            string yaml = Vpcs + ToVpc1("vpc-2", Masquerade("10.0.0.0/16", "1.0.0.0/24"), group: first) + ToVpc1("vpc-3", other, group: second);
            if (rule is null) Accepted(yaml);
            else Refused(yaml, rule.Value);
        }
    }

    [Fact]
    public void A_group_that_is_named_exists_where_groups_are_listed()
    {
        const string Group = $$"""
            ---
            apiVersion: {{Fabric}}
            kind: GatewayGroup
            metadata: { name: g1 }
            spec: {}

            """;
        Accepted(Vpcs + Group + ToVpc1("vpc-2", None("10.0.0.0/24"), group: "g1"));
        Accepted(Vpcs + Group + ToVpc1("vpc-2", None("10.0.0.0/24")));
        Refused(Vpcs + Group + ToVpc1("vpc-2", None("10.0.0.0/24"), group: "g2"), ConfigRule.NoSuchGroup);
        Refused(Group + Group, ConfigRule.DuplicateGroup);
    }

    [Fact]
    public void Thousands_of_masquerades_to_one_address_and_forwards_of_one_address_are_judged_in_one_pass()
    {
        System.Text.StringBuilder yaml = new(Vpc("vpc-1"));
        for (int i = 0; i < 3000; i++)
        {
            yaml.Append(Vpc($"m-{i}"));
            yaml.Append(ToVpc1($"m-{i}", Masquerade("10.0.0.0/16", "1.0.0.0/24")));
        }

        System.Text.StringBuilder forwards = new("[");
        for (int i = 0; i < 3000; i++) forwards.Append(Forward("10.0.0.1/32", $"{i + 1}", "9.0.0.1/32", $"{i + 1}")).Append(", ");
        forwards.Append(Masquerade("10.0.0.0/24", "9.0.0.0/24")).Append(']');
        yaml.Append(Vpc("f")).Append(Peering($"[{None("192.168.0.0/16")}]", forwards.ToString(), name: "f", rightRealm: "f"));
        Assert.Equal(3001, Accepted(yaml.ToString()).Peerings.Length);
    }
}
