using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Validation;

/// <summary>Rules E1 to E16: one expose.</summary>
public class ExposeRulesTests
{
    private const string Plain = "[{ips: [{cidr: 192.168.0.0/16}]}]";
    private const string PlainV6 = "[{ips: [{cidr: '2001:db8::/32'}]}]";

    [Theory]
    // E1, E2
    [InlineData("{default: true, ips: [{cidr: 10.0.0.0/16}]}", ConfigRule.Invalid)]
    [InlineData("{default: true, ips: [{not: 10.0.0.0/16}]}", ConfigRule.Invalid)]
    [InlineData("{default: true, as: [{cidr: 10.0.0.0/16}]}", ConfigRule.Invalid)]
    [InlineData("{default: true, nat: {static: {}}}", ConfigRule.Invalid)]
    // E3
    [InlineData("{ips: [{not: 10.0.1.0/24}]}", ConfigRule.Forbidden)]
    [InlineData("{ips: []}", ConfigRule.Forbidden)]
    [InlineData("{}", ConfigRule.Forbidden)]
    // E4
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], nat: {static: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [], nat: {masquerade: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{not: 2.0.1.0/24}], nat: {masquerade: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.1.0/24}]}", ConfigRule.MissingParameter)]
    // E5
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {cidr: '1::/64'}]}", ConfigRule.InconsistentIpVersion)]
    [InlineData("{ips: [{cidr: 10.0.0.0/16}], as: [{cidr: '1::/112'}], nat: {static: {}}}", ConfigRule.InconsistentIpVersion)]
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {not: '1::/120'}]}", ConfigRule.InconsistentIpVersion)]
    // E8
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {not: 10.0.0.0/17}, {not: 10.0.128.0/17}]}", ConfigRule.ExcludedAllPrefixes)]
    [InlineData("{ips: [{cidr: 10.0.0.0/8}, {not: 0.0.0.0/0}]}", ConfigRule.ExcludedAllPrefixes)]
    [InlineData("{ips: [{cidr: 10.0.0.0/8}], as: [{cidr: 2.0.0.0/8}, {not: 0.0.0.0/0}], nat: {static: {}}}", ConfigRule.ExcludedAllPrefixes)]
    // E9
    [InlineData("{ips: [{cidr: 0.0.0.0/32}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: '::/128'}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 127.0.0.0/8}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 169.254.1.2/32}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 'fe80::1/128'}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: '::1/128'}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 'ff02::1/128'}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 224.0.0.0/4}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 224.0.0.0/3}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 224.0.0.0/3}, {not: 240.0.0.0/4}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 0.0.0.0/0}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: '::/0'}]}", ConfigRule.SpecialUsePrefix)]
    [InlineData("{ips: [{cidr: 10.0.0.0/8}], as: [{cidr: 0.0.0.0/0}], nat: {masquerade: {}}}", ConfigRule.SpecialUsePrefix)]
    // E10
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {not: 10.0.1.0/24}], as: [{cidr: 2.0.0.0/24}], nat: {static: {}}}", ConfigRule.MismatchedPrefixSizes)]
    // E11 to E14, E16
    [InlineData("{ips: [{cidr: 10.0.0.0/31}, {not: 10.0.0.1/32}], as: [{cidr: 2.0.0.0/32}], nat: {portForward: {ports: [{port: '80', as: '80'}]}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.1/32}, {cidr: 10.0.0.2/32}], as: [{cidr: 2.0.0.0/31}], nat: {portForward: {ports: [{port: '80', as: '80'}]}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/31}], as: [{cidr: 2.0.0.1/32}, {cidr: 2.0.0.2/32}], nat: {portForward: {ports: [{port: '80', as: '80'}]}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/25}], nat: {portForward: {ports: [{port: '80', as: '8080'}]}}}", ConfigRule.MismatchedPrefixSizes)]
    [InlineData("{ips: [{cidr: 10.0.0.0/32}], as: [{cidr: 2.0.0.0/32}], nat: {portForward: {ports: [{port: '80-81', as: '8080'}]}}}", ConfigRule.MismatchedPrefixSizes)]
    [InlineData("{ips: [{cidr: 10.0.0.0/32}], as: [{cidr: 2.0.0.0/32}], nat: {portForward: {ports: [{port: '0-65535', as: '0-65535'}]}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/32}], as: [{cidr: 2.0.0.0/32}], nat: {portForward: {}}}", ConfigRule.MissingParameter)]
    [InlineData("{ips: [{cidr: 10.0.0.0/32}], as: [{cidr: 2.0.0.0/32}], nat: {portForward: {ports: []}}}", ConfigRule.MissingParameter)]
    [InlineData("{ips: [{cidr: 10.0.0.0/32}], as: [{cidr: 2.0.0.0/32}], nat: {portForward: {ports: [{port: '80'}]}}}", ConfigRule.MissingParameter)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/25}], nat: {portForward: {ports: [{port: '80', as: '80-81'}]}}}", ConfigRule.PortForwarding)]
    // Entries and modes
    [InlineData("{ips: [{}]}", ConfigRule.MissingParameter)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, not: 10.0.0.0/25}]}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, vpcSubnet: a}]}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/24, not: 2.0.0.0/25}], nat: {static: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/24}], nat: {}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/24}], nat: {static: {}, masquerade: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{vpcSubnet: a}]}", ConfigRule.NoSuchSubnet)]
    [InlineData("{ips: [{cidr: 10.0.0.0}]}", ConfigRule.Invalid)]
    [InlineData("{ips: [{cidr: 10.0.0.0/33}]}", ConfigRule.Invalid)]
    [InlineData("{ips: [{cidr: 10.0.0/24}]}", ConfigRule.Invalid)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: '80'}]}", ConfigRule.UnknownField)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.1-2.0.0.2}], nat: {masquerade: {}}}", ConfigRule.Invalid)]
    public void An_expose_is_refused(string expose, ConfigRule rule) => Refused(Peering($"[{expose}]", Plain), rule);

    [Theory]
    [InlineData("{default: true}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/16}]}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/24}], nat: {static: {}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {not: 8.0.0.0/24}]}")]
    [InlineData("{ips: [{cidr: 20.0.0.0/16}, {cidr: 10.0.0.0/16}, {not: 10.0.0.0/8}]}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/8}]}")]
    [InlineData("{ips: [{cidr: 100.64.0.0/10}, {cidr: 192.0.2.0/24}, {cidr: 172.16.0.0/12}]}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {not: 10.0.1.0/24}], as: [{cidr: 2.0.0.0/16}, {not: 2.0.1.0/24}], nat: {static: {}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/16}, {cidr: 10.0.0.0/17}], as: [{cidr: 2.0.0.0/17}, {cidr: 2.0.0.0/16}], nat: {static: {}}}")]
    [InlineData("{ips: [{cidr: 10.0.2.0/24}], as: [{cidr: 10.22.22.0/25}, {cidr: 10.22.22.128/25}], nat: {static: {}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.1/32}], as: [{cidr: 2.0.0.1/32}], nat: {portForward: {ports: [{proto: tcp, port: '80', as: '8080'}]}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/24}], nat: {portForward: {ports: [{port: '80-80', as: '8080'}]}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/25}, {cidr: 10.0.0.128/25}], as: [{cidr: 2.0.0.0/24}], nat: {portForward: {ports: [{proto: '', port: '100-200', as: '1100-1200'}]}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.1/32}], as: [{cidr: 2.0.0.1/32}], nat: {portForward: {ports: [{proto: tcp, port: '22', as: '22101'}, {proto: tcp, port: '22', as: '22102'}]}}}")]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/31}], nat: {masquerade: {idleTimeout: 5m0s}}}")]
    public void An_expose_is_accepted(string expose) => Accepted(Peering($"[{expose}]", Plain));

    [Theory]
    // E6, E11, E14, E15: ports beside prefixes are of the native dialect.
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: '0-80'}]}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/31, ports: '80'}, {not: 10.0.0.1/32, ports: '80'}], as: [{cidr: 2.0.0.1/32}], nat: {portForward: {ports: [{port: '80', as: '80'}]}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/32, ports: '80'}], as: [{cidr: 2.0.0.1/32}], nat: {portForward: {ports: [{port: '80', as: '80'}]}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: '80'}], as: [{cidr: 2.0.0.0/24}], nat: {masquerade: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.0/24, ports: '80'}], nat: {masquerade: {}}}", ConfigRule.Forbidden)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: '80-90'}], as: [{cidr: 2.0.0.0/24, ports: '80'}], nat: {static: {}}}", ConfigRule.MismatchedPrefixSizes)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: 80}]}", ConfigRule.WrongType)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.9-2.0.0.2}], nat: {masquerade: {}}}", ConfigRule.Invalid)]
    [InlineData("{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.9}], nat: {masquerade: {profile: nowhere}}}", ConfigRule.NoSuchProfile)]
    public void A_native_expose_is_refused(string expose, ConfigRule rule) => Refused(Peering($"[{expose}]", Plain, native: true), rule);

    [Theory]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: '80'}, {cidr: 10.0.0.0/24, ports: '80'}, {cidr: 10.0.0.0/24, ports: '443'}]}", "10.0.0.0/24:80, 10.0.0.0/24:443")]
    [InlineData("{ips: [{cidr: 10.0.0.0/24, ports: '0-65535'}]}", "10.0.0.0/24")]
    [InlineData("{ips: [{cidr: 1.0.0.0/16, ports: '4000-5000'}, {not: 1.0.0.0/17, ports: '4000-4500'}]}", "1.0.0.0/16:4501-5000, 1.0.128.0/17:4000-4500")]
    [InlineData("{ips: [{cidr: 10.0.0.7}]}", "10.0.0.7/32")]
    public void A_native_expose_has_exactly_the_pairs_that_it_says(string expose, string effective) =>
        Assert.Equal(effective, Accepted(Peering($"[{expose}]", Plain, native: true)).Peerings[0].Left.Exposes[0].Private.ToString());

    [Fact]
    public void Ranges_make_a_pool_of_a_native_masquerade()
    {
        ConfigSet set = Accepted(Peering("[{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 203.0.113.7-203.0.113.9}], nat: {masquerade: {}}}]", Plain, native: true));
        Assert.Equal("203.0.113.7-203.0.113.9", Assert.Single(set.Peerings[0].Left.Exposes[0].Public.ToRanges()).ToString());
    }

    [Fact]
    public void Version_6_exposes_are_accepted() =>
        Accepted(Peering("[{ips: [{cidr: '2001:db8:1::/64'}], as: [{cidr: 2001:db8:2::1/128}], nat: {masquerade: {}}}]", PlainV6));

    [Fact]
    public void The_limited_broadcast_has_its_own_class() =>
        Assert.Contains("limited broadcast",
            Refused(Peering("[{ips: [{cidr: 10.0.0.0/32}], as: [{cidr: 255.255.255.255/32}], nat: {static: {}}}]", Plain), ConfigRule.SpecialUsePrefix).Message, StringComparison.Ordinal);

    [Fact]
    public void A_block_with_several_forwards_is_several_exposes()
    {
        ConfigSet set = Accepted(Peering(
            "[{ips: [{cidr: 10.0.0.1/32}], as: [{cidr: 2.0.0.1/32}], nat: {portForward: {ports: [{proto: tcp, port: '22', as: '22101'}, {proto: udp, port: '53', as: '5353'}]}}}]", Plain));
        Assert.Equal(["2.0.0.1/32:22101", "2.0.0.1/32:5353"], set.Peerings[0].Left.Exposes.Select(e => e.Public.ToString()));
        Assert.Equal(["10.0.0.1/32:22", "10.0.0.1/32:53"], set.Peerings[0].Left.Exposes.Select(e => e.Private.ToString()));
    }

    [Fact]
    public void An_exclusion_of_nothing_is_a_warning_with_its_place()
    {
        LoadResult result = Load("""
            apiVersion: sluice.dev/v1alpha1
            kind: Peering
            metadata: { name: p }
            spec:
              peering:
                a:
                  expose:
                    - ips:
                        - cidr: 10.0.0.0/16
                        - not: 8.0.0.0/24
                b: { expose: [{ default: true }] }
            """);
        ConfigError warning = Assert.Single(result.Problems);
        Assert.NotNull(result.Set);
        Assert.Equal("t.yaml:10:20: warning: UselessExclusion: Peering 'p': 8.0.0.0/24 is not in the list, so nothing is excluded", warning.ToString());
        Assert.Equal("spec.peering.a.expose[0].ips[1].not", warning.Path);
    }

    [Fact]
    public void Host_bits_are_masked_with_a_warning()
    {
        LoadResult result = Load(Peering("[{ips: [{cidr: 10.0.0.5/24}]}]", Plain));
        Assert.Equal(ConfigRule.HostBits, Assert.Single(result.Problems).Rule);
        Assert.Equal("10.0.0.0/24", result.Set!.Peerings[0].Left.Exposes[0].Private.ToString());
        Assert.Single(result.Set.Warnings);
    }

    [Theory]
    [InlineData("10.0.1.0/24", null)]
    [InlineData("10.0.1.128/25", null)]
    [InlineData("10.0.0.0/16", ConfigRule.Forbidden)]
    [InlineData("10.0.2.0/23", ConfigRule.Forbidden)]
    [InlineData("10.0.4.0/24", ConfigRule.Forbidden)]
    public void An_exposed_prefix_lies_in_one_listed_subnet(string cidr, ConfigRule? rule)
    {
        string yaml = Vpc("vpc-1", "{subnets: {a: {cidr: 10.0.1.0/24}, b: {cidr: 10.0.2.0/24}, c: {cidr: 10.0.3.0/24, gateway: 10.0.3.1}}}") + Vpc("vpc-2")
            + Peering($"[{{ips: [{{cidr: {cidr}}}]}}]", Plain);
        if (rule is null) Accepted(yaml);
        else Refused(yaml, rule.Value);
    }

    [Fact]
    public void A_subnets_name_stands_for_its_prefix()
    {
        string vpcs = Vpc("vpc-1", "{subnets: {web: {cidr: 10.0.1.0/24}}}") + Vpc("vpc-2") + Vpc("ext.net", "{subnets: {external: {cidr: 0.0.0.0/0}}}");
        ConfigSet set = Accepted(vpcs + Peering("[{ips: [{vpcSubnet: web}, {not: 10.0.1.0/25}]}]", Plain));
        Assert.Equal("10.0.1.128/25", set.Peerings[0].Left.Exposes[0].Private.ToString());
        Assert.Contains("did you mean 'web'?", Refused(vpcs + Peering("[{ips: [{vpcSubnet: wbe}]}]", Plain), ConfigRule.NoSuchSubnet).Message, StringComparison.Ordinal);
        Refused(vpcs + Peering("[{ips: [{vpcSubnet: external}]}]", Plain, leftRealm: "ext.net"), ConfigRule.Forbidden);
        Accepted(vpcs + Peering("[{ips: [{cidr: 198.51.100.0/24}]}]", Plain, leftRealm: "ext.net"));
    }
}
