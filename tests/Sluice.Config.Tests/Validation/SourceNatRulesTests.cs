using Xunit;

namespace Sluice.Config.Tests.Validation;

public class SourceNatRulesTests
{
    [Theory]
    [InlineData("addresses: [224.0.0.9]", ConfigRule.SpecialUsePrefix)]
    [InlineData("addresses: [223.255.255.0-224.0.0.1]", ConfigRule.SpecialUsePrefix)]
    [InlineData("addresses: [198.51.100.1], exclude: [10.0.0.0/8], include: [10.0.0.0/8]", ConfigRule.Invalid)]
    [InlineData("addresses: [198.51.100.1], policy: dnat, rewrites: [{ prefix: 10.0.0.0/8, to: \"20::1\" }]", ConfigRule.InconsistentIpVersion)]
    [InlineData("addresses: [198.51.100.1], policy: dnat, rewrites: [{ prefix: 10.0.0.0/8, to: 127.0.0.1 }]", ConfigRule.SpecialUsePrefix)]
    [InlineData("addresses: [198.51.100.1], policy: dnat, rewrites: [{ prefix: 10.0.0.0/8, to: 20.0.0.1 }, { prefix: 10.0.0.0/8, to: 30.0.0.1 }]", ConfigRule.OverlappingPrefixes)]
    public void What_contradicts_itself_is_an_error(string spec, ConfigRule rule) => Assert.Equal([rule], Load(spec).Errors());

    [Theory]
    [InlineData("links: [in]")]
    [InlineData("addresses: []")]
    [InlineData("addresses: [198.51.100.300]")]
    public void Where_no_address_can_be_read_families_are_not_warned_of(string spec) => Assert.True(Assert.Single(Load(spec).Problems).IsError);

    [Theory]
    [InlineData("addresses: [198.51.100.1, \"30::1\"], policy: dnat, rewrites: [{ prefix: 10.0.0.0/8, to: 20.0.0.1 }, { prefix: 10.0.0.0/8, to: 30.0.0.1, match: source }]", null)]
    [InlineData("addresses: [198.51.100.1, \"30::1\"], tables: { pod: [in] }", "spec.tables")]
    [InlineData("addresses: [198.51.100.1, \"30::1\"], rewrites: [{ prefix: 10.0.0.0/8, to: 20.0.0.1 }]", "spec.rewrites")]
    [InlineData("addresses: [198.51.100.1, \"30::1\"], links: [in, other]", "spec.links")]
    [InlineData("addresses: [198.51.100.1]", "spec.addresses")]
    [InlineData("addresses: [198.51.100.1], linksV4: [in]", null)]
    [InlineData("addresses: [198.51.100.1], exclude: [\"::/0\"]", null)]
    [InlineData("addressesOf: [out]", null)]
    public void What_has_no_effect_or_drops_a_family_is_a_warning(string spec, string? path)
    {
        LoadResult loaded = Load(spec);
        Assert.NotNull(loaded.Set);
        Assert.Equal(path is null ? [] : [(path, ConfigRule.Ignored)], loaded.Set.Warnings.Select(static warning => (warning.Path, warning.Rule)));
    }

    [Theory]
    [InlineData("198.51.100.1", "{ ips: [{ cidr: 198.51.100.0/24 }] }", true)]
    [InlineData("198.51.100.1", "{ ips: [{ cidr: 10.9.0.0/24 }], as: [{ cidr: 198.51.100.0/24 }], nat: { static: {} } }", true)]
    [InlineData("198.51.100.1", "{ ips: [{ cidr: 10.9.0.0/24 }], as: [{ cidr: 198.51.100.0/24 }], nat: { masquerade: {} } }", false)]
    [InlineData("198.51.100.1", "{ ips: [{ cidr: 10.9.0.1/32 }], as: [{ cidr: 198.51.100.1/32 }], nat: { portForward: { ports: [{ port: \"22\", as: \"22\" }] } } }", false)]
    [InlineData("198.51.101.1", "{ ips: [{ cidr: 198.51.100.0/24 }] }", false)]
    [InlineData("198.51.100.1", "{ default: true }", false)]
    public void An_address_that_a_peer_shows_whole_is_nobody_elses(string address, string expose, bool isRefused)
    {
        LoadResult loaded = Load($"addresses: [{address}, \"30::1\"]", $$"""
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Peering
            metadata: { name: p }
            spec: { peering: { b: { expose: [{{expose}}] }, default: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }] }] } } }
            """);
        Assert.Equal(isRefused ? [ConfigRule.OverlappingPrefixes] : [], loaded.Errors());
    }

    private static LoadResult Load(string spec, string more = "") => ConfigLoader.LoadText("t.yaml", $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          realms: [{ name: b }]
          links:
            - { name: in, driver: tun, addresses: [10.0.0.1/24, "fd00::1/64"] }
            - { name: out, driver: tun, addresses: [192.0.2.1/24, "2001:db8::1/64"] }
            - { name: other, driver: tun, realm: b, addresses: [172.16.0.1/24] }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { {{spec}} }
        {{more}}
        """);
}
