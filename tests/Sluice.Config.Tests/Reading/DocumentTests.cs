using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Reading;

/// <summary>Kinds, profiles, agents, and the other documents.</summary>
public class DocumentTests
{
    [Theory]
    [InlineData("apiVersion: sluice.dev/v1\nkind: Gateway\nmetadata: { name: a }", "unknown apiVersion 'sluice.dev/v1'; did you mean 'sluice.dev/v1alpha1'?")]
    [InlineData("apiVersion: sluice.dev/v1alpha1\nkind: Gatway\nmetadata: { name: a }", "unknown kind 'Gatway' of sluice.dev/v1alpha1; did you mean 'Gateway'?")]
    [InlineData("apiVersion: gateway.githedgehog.com/v1alpha1\nkind: VpcInfo\nmetadata: { name: a }", "unknown kind 'VpcInfo' of gateway.githedgehog.com/v1alpha1; did you mean 'VPCInfo'?")]
    [InlineData("apiVersion: gwint.githedgehog.com/v1alpha1\nkind: Agent\nmetadata: { name: a }", "unknown kind 'Agent' of gwint.githedgehog.com/v1alpha1; known here: GatewayAgent")]
    public void An_unknown_kind_names_the_nearest(string text, string message) => Assert.Equal(message, Refused(text, ConfigRule.UnknownKind).Message);

    [Fact]
    public void An_unknown_field_names_the_nearest_and_its_place()
    {
        ConfigError error = Refused("""
            apiVersion: gateway.githedgehog.com/v1alpha1
            kind: GatewayPeering
            metadata: { name: p }
            spec:
              peering:
                a: { expose: [{ default: true }] }
                b:
                  exposes: []
            """, ConfigRule.UnknownField);
        Assert.Equal("t.yaml:8:7: UnknownField: GatewayPeering 'p': unknown field 'exposes'; did you mean 'expose'?", error.ToString());
        Assert.Equal("spec.peering.b.exposes", error.Path);
        Assert.Single(Load(Peering("[{default: true}]", "[{ips: [{cidr: 10.0.0.0/24}]}]").Replace("spec:", "sepc:", StringComparison.Ordinal)).Problems);
    }

    [Theory]
    [InlineData("kind: Gateway\nmetadata: { name: a }", ConfigRule.MissingParameter)]
    [InlineData("apiVersion: sluice.dev/v1alpha1\nkind: Gateway", ConfigRule.MissingParameter)]
    [InlineData("apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: {}", ConfigRule.MissingIdentifier)]
    [InlineData("apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: 5 }", ConfigRule.WrongType)]
    [InlineData("apiVersion: gateway.githedgehog.com/v1alpha1\nkind: VPCInfo\nmetadata: { name: a, namespace: other }", ConfigRule.Forbidden)]
    [InlineData("apiVersion: gateway.githedgehog.com/v1alpha1\nkind: GatewayPeering\nmetadata: { name: a }", ConfigRule.MissingParameter)]
    [InlineData("apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: a }\nspec: []", ConfigRule.WrongType)]
    [InlineData("apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: a }\nspc: {}", ConfigRule.UnknownField)]
    public void The_outside_of_a_document_is_checked(string text, ConfigRule rule) => Refused(text, rule);

    [Fact]
    public void The_older_name_of_a_peering_is_known() =>
        Accepted(Peering("[{default: true}]", "[{ips: [{cidr: 10.0.0.0/24}]}]").Replace("GatewayPeering", "Peering", StringComparison.Ordinal));

    private static string Profile(string name, string spec) => $"---\napiVersion: sluice.dev/v1alpha1\nkind: NatProfile\nmetadata: {{ name: {name} }}\nspec: {spec}\n";

    [Fact]
    public void Everything_of_a_profile_is_read()
    {
        NatProfileDocument profile = Accepted(Profile("default", """
            {mapping: addressAndPortDependent, filtering: endpointIndependent, ports: '2000-3000', preservePort: false, holdTime: 3m, timers: {udp: 6m},
             quotas: {portsPerHost: 1, sessionsPerHost: 2, newSessionsPerSecondPerHost: 3}, refuse: {inside: silent, outside: icmp}, paired: strict, mssClamp: 1360,
             midstream: reset, rstCheck: none, inboundRefresh: off}
            """)).DefaultProfile;
        Assert.Equal((MappingBehaviour.AddressAndPortDependent, FilteringBehaviour.EndpointIndependent, new PortRange(2000, 3000), false, TimeSpan.FromMinutes(3)),
            (profile.Mapping, profile.Filtering, profile.Ports, profile.PreservePort, profile.HoldTime));
        Assert.Equal(new QuotaSpec(1, 2, 3), profile.Quotas);
        Assert.Equal(new RefuseSpec(RefusalAnswer.Silent, RefusalAnswer.Icmp), profile.Refuse);
        Assert.Equal((PairingBehaviour.Strict, 1360, MidstreamBehaviour.Reset, ResetCheck.None, InboundRefreshBehaviour.Off),
            (profile.Paired, profile.MssClamp, profile.Midstream, profile.RstCheck, profile.InboundRefresh));
        Assert.Equal(TimeSpan.FromMinutes(6), profile.Timers.Udp);
    }

    [Theory]
    [InlineData("{mapping: full-cone}", ConfigRule.Invalid)]
    [InlineData("{filtering: 1}", ConfigRule.Invalid)]
    [InlineData("{ports: 1024}", ConfigRule.WrongType)]
    [InlineData("{ports: '1024 - 2048'}", ConfigRule.Invalid)]
    [InlineData("{preservePort: 'yes'}", ConfigRule.WrongType)]
    [InlineData("{preservePort: yes}", ConfigRule.WrongType)]
    [InlineData("{holdTime: 2}", ConfigRule.Invalid)]
    [InlineData("{quotas: {portsPerHost: -1}}", ConfigRule.Invalid)]
    [InlineData("{quotas: []}", ConfigRule.WrongType)]
    [InlineData("{mssClamp: 10}", ConfigRule.Invalid)]
    [InlineData("{mapings: x}", ConfigRule.UnknownField)]
    public void A_profile_is_refused(string spec, ConfigRule rule) => Refused(Profile("default", spec), rule);

    [Fact]
    public void A_profile_has_one_document() => Refused(Profile("a", "{}") + Profile("a", "{}"), ConfigRule.DuplicateName);

    [Fact]
    public void Timers_come_from_the_most_specific_place()
    {
        ConfigSet set = Accepted(Profile("games", "{timers: {udp: 10m, icmp: 2m}}")
            + "---\napiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: g }\nspec: { timers: { udp: 7m, tcpClosing: 9m }, realms: [{ name: vpc-1 }, { name: vpc-2 }] }\n"
            + Peering(
                "[{ips: [{cidr: 10.0.0.0/24}], as: [{cidr: 2.0.0.1/32}], nat: {masquerade: {profile: games, idleTimeout: 3m}}}, {ips: [{cidr: 10.0.1.0/24}], as: [{cidr: 2.0.0.2/32}], nat: {masquerade: {profile: games}}}]",
                "[{default: true}]", native: true));
        TimerSpec idle = set.TimersOf(set.Peerings[0].Left.Exposes[0]), profile = set.TimersOf(set.Peerings[0].Left.Exposes[1]), rest = set.TimersOf(set.DefaultProfile);
        Assert.Equal([3, 3, 2, 9], new[] { idle.TcpEstablished, idle.Udp, idle.Icmp, idle.TcpClosing }.Select(t => (int)t!.Value.TotalMinutes));
        Assert.Equal([124, 10, 2, 9], new[] { profile.TcpEstablished, profile.Udp, profile.Icmp, profile.TcpClosing }.Select(t => (int)t!.Value.TotalMinutes));
        Assert.Equal([124, 7, 1, 9, 4], new[] { rest.TcpEstablished, rest.Udp, rest.Icmp, rest.TcpClosing, rest.TcpHalfOpen }.Select(t => (int)t!.Value.TotalMinutes));
    }

    private static string Agent(string spec) => $"apiVersion: gwint.githedgehog.com/v1alpha1\nkind: GatewayAgent\nmetadata: {{ name: gw-1, namespace: default, generation: 7 }}\nspec: {spec}\nstatus: {{ lastAppliedGen: 6 }}\n";

    private const string AgentGateway = "gateway: {protocolIP: 172.30.8.3/32, vtepIP: 172.30.12.3/32, vtepMAC: '02:00:00:00:00:03', vtepMTU: 9000, asn: 65534, workers: 4, flowTableCapacity: 1000, logs: {default: info}}";

    [Fact]
    public void An_agents_vpcs_and_peerings_take_effect()
    {
        ConfigSet set = Accepted(Agent("""
            {agentVersion: v1, GATEWAY, vpcs: {vpc-1: {vni: 1, internalID: AAAAA, subnets: {a: {cidr: 10.0.0.0/24}}}, vpc-2: {vni: 2, internalID: AAAAB}},
             peerings: {p: {gatewayGroup: default, peering: {vpc-1: {expose: [{ips: [{vpcSubnet: a}]}]}, vpc-2: {expose: [{default: true}]}}}},
             groups: {default: {members: [{name: gw-1, priority: 1, vtepIP: 172.30.12.3/32}]}}, communities: {'0': '50001:0'}, config: {fabricBFD: true}}
            """.Replace("GATEWAY", AgentGateway, StringComparison.Ordinal)));
        Assert.Equal((1, 2), (set.FindRealm("vpc-1")!.Vni, set.FindRealm("vpc-2")!.Vni));
        Assert.Equal("10.0.0.0/24", Assert.Single(set.Peerings).Left.Exposes[0].Private.ToString());
    }

    [Theory]
    [InlineData("{vpcs: {'': {vni: 1}}}", ConfigRule.MissingIdentifier)]
    [InlineData("{vpcs: {a: {vni: 1}, b: {vni: 1}}}", ConfigRule.DuplicateVpcVni)]
    [InlineData("{vpcs: {a: {vni: 1, internalID: AAAAA}, b: {vni: 2, internalID: AAAAA}}}", ConfigRule.DuplicateVpcId)]
    [InlineData("{peerings: {'': {}}}", ConfigRule.MissingIdentifier)]
    [InlineData("{peerings: {p: {peering: {a: {expose: [{default: true}]}, b: {expose: [{ips: [{cidr: 10.0.0.0/24}]}]}}}}}", ConfigRule.NoSuchVpc)]
    [InlineData("{gateway: {}, vpcs: {a: {vni: 1}}}", ConfigRule.MissingParameter)]
    [InlineData("{gateway: {vtepIP: 224.0.0.1/32}}", ConfigRule.BadVtepLocalAddress)]
    [InlineData("{gateway: {vtepIP: 10.0.0.0/24}}", ConfigRule.BadVtepLocalAddress)]
    [InlineData("{gateway: {vtepMAC: '00:00:00:00:00:00'}}", ConfigRule.BadVtepMacAddress)]
    [InlineData("{gateway: {flowTableCapacity: 0}}", ConfigRule.Invalid)]
    [InlineData("{gateway: {workers: 65}}", ConfigRule.Invalid)]
    [InlineData("{groups: {g: {members: [{name: a}, {name: a}]}}}", ConfigRule.DuplicateMember)]
    [InlineData("{groups: {g: {members: [{name: a, vtepIP: 10.0.0.1}, {name: b, vtepIP: 10.0.0.1}]}}}", ConfigRule.DuplicateMemberAddress)]
    [InlineData("{groups: {g: {members: [{name: a}, {name: b}]}}, communities: {'0': x}}", ConfigRule.NoCommunityAvailable)]
    [InlineData("{communities: {'0': x, '1': x}}", ConfigRule.DuplicateCommunity)]
    [InlineData("{vpc: {}}", ConfigRule.UnknownField)]
    public void An_agent_is_refused(string spec, ConfigRule rule) => Refused(Agent(spec), rule);

    private static string FabricGateway(string name, string spec) => $"---\napiVersion: {Fabric}\nkind: Gateway\nmetadata: {{ name: {name} }}\nspec: {spec}\n";

    [Fact]
    public void Gateways_of_both_dialects_stand_side_by_side()
    {
        const string Native = "---\napiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: gw-1 }\nspec: {}\n";
        string first = FabricGateway("gw-1", "{protocolIP: 172.30.8.3/32, vtepIP: 172.30.12.3/32, vtepMAC: '02:00:00:00:00:03', groups: [{name: default, priority: 200}]}");
        ConfigSet set = Accepted(Native + first);
        Assert.Equal("172.30.12.3", Assert.Single(set.FabricGateways).VtepAddress.ToString());
        Refused(first + FabricGateway("gw-2", "{vtepIP: 172.30.12.3/32}"), ConfigRule.DuplicateAddress);
        Refused(first + FabricGateway("gw-1", "{}"), ConfigRule.DuplicateName);
        Refused(FabricGateway("gw-1", "{groups: [{name: a}, {name: a}]}"), ConfigRule.DuplicateMember);
    }

    private static string Native(string kind, string spec, string name = "x") => $"---\napiVersion: sluice.dev/v1alpha1\nkind: {kind}\nmetadata: {{ name: {name} }}\nspec: {spec}\n";

    [Fact]
    public void Everything_of_a_translation_is_read()
    {
        TranslationDocument translation = Assert.Single(Accepted(Native("Translation", """
            {realm: default, address: 30.0.0.2, port: '8000-8001', protocol: UDP, mode: real, loadBalancing: {method: maglev, hashFields: [srcAddr]}, affinity: {by: clientAddress, timeout: 3h},
             onRemove: drain, backends: [{address: 20.0.0.1, port: '90-91', weight: 5, state: draining, mode: direct, source: {address: 1.2.3.4, port: 7}}, {address: 20.0.0.2}]}
            """)).Translations);
        Assert.Equal((new PortRange(8000, 8001), (byte)17, true, true, true), (translation.Ports, translation.Protocol, translation.IsReal, translation.Maglev, translation.DrainOnRemove));
        BackendSpec backend = translation.Backends[0];
        Assert.Equal((new PortRange(90, 91), 5, true, true, "1.2.3.4", (ushort)7), (backend.Ports, backend.Weight, backend.Draining, backend.Direct, backend.SourceAddress.ToString(), backend.SourcePort));
        Assert.Equal((null, 100), (translation.Backends[1].Ports, translation.Backends[1].Weight));
    }

    [Fact]
    public void Ends_of_a_translation_may_follow_a_link()
    {
        TranslationDocument translation = Assert.Single(Accepted(Native("Gateway", "{links: [{name: tap0, driver: tun}]}") + Native("Translation", """
            {addressOf: tap0, family: ipv6, port: 80, mode: real, noClient: true, loadBalancing: {method: maglev, tableSize: 1009, symmetric: true, reverse: true},
             backends: [{addressOf: tap0, port: 81}, {port: 82, source: {addressOf: tap0, port: 7}}]}
            """)).Translations);
        Assert.Equal(("tap0", IpFamily.V6, true, 1009, true, true),
            (translation.AddressOf?.Name, translation.Address.Family, translation.NoClient, translation.TableSize, translation.SymmetricHash, translation.ReverseHash));
        Assert.Equal(("tap0", false), (translation.Backends[0].AddressOf?.Name, translation.Backends[0].KeepsAddress));
        Assert.Equal((true, "tap0", (ushort)7), (translation.Backends[1].KeepsAddress, translation.Backends[1].SourceAddressOf?.Name, translation.Backends[1].SourcePort));
    }

    [Theory]
    [InlineData("{addresses: [198.51.100.1]}", true, false, false)]
    [InlineData("{addresses: [198.51.100.1], links: []}", false, false, false)]
    [InlineData("{addresses: [198.51.100.1], linksV4: [tap0]}", false, true, false)]
    [InlineData("{addressesOf: [tap0], linksV4: [tap0], linksV6: [tap0]}", false, true, true)]
    public void A_source_nat_covers_all_links_unless_it_lists_some(string spec, bool all, bool v4, bool v6)
    {
        SourceNatDocument nat = Assert.Single(Accepted(Native("Gateway", "{links: [{name: tap0, driver: tun}]}") + Native("SourceNat", spec)).SourceNats);
        Assert.Equal((all, v4, v6), (nat.CoversAllLinks, !nat.LinksV4.IsEmpty, !nat.LinksV6.IsEmpty));
    }

    [Theory]
    [InlineData("{port: 80}", ConfigRule.MissingParameter)]
    [InlineData("{address: 30.0.0.2, port: 80, backends: [{port: 80, mode: direct}]}", ConfigRule.Invalid)]
    [InlineData("{addressOf: tap0, mode: vip}", ConfigRule.Forbidden)]
    [InlineData("{addressOf: tap9, mode: real}", ConfigRule.NoSuchLink)]
    [InlineData("{addressOf: tap0, address: 30.0.0.2, mode: real}", ConfigRule.Forbidden)]
    [InlineData("{address: 30.0.0.2, backends: [{addressOf: tap9}]}", ConfigRule.NoSuchLink)]
    [InlineData("{address: 30.0.0.2, backends: [{address: 20.0.0.1, source: {addressOf: tap9}}]}", ConfigRule.NoSuchLink)]
    [InlineData("{address: 30.0.0.2, backends: [{address: 20.0.0.1, source: {address: '20::1'}}]}", ConfigRule.InconsistentIpVersion)]
    [InlineData("{address: 30.0.0.2, loadBalancing: {method: maglev, tableSize: 1000}}", ConfigRule.Invalid)]
    [InlineData("{address: 30.0.0.2, port: 0}", ConfigRule.Invalid)]
    [InlineData("{address: 30.0.0.2, realm: nowhere}", ConfigRule.NoSuchVpc)]
    [InlineData("{address: 30.0.0.2, profile: nowhere}", ConfigRule.NoSuchProfile)]
    [InlineData("{address: 30.0.0.2, port: '80-81', backends: [{address: 20.0.0.1, port: 8080}]}", ConfigRule.MismatchedPrefixSizes)]
    [InlineData("{address: 30.0.0.2, backends: [{address: '20::1'}]}", ConfigRule.InconsistentIpVersion)]
    [InlineData("{address: 10.0.0.1}", ConfigRule.Forbidden)]
    [InlineData("{address: 30.0.0.9, port: 80}", ConfigRule.DuplicateAddress)]
    [InlineData("{address: 30.0.0.2, loadBalancing: {hashFields: [srcAdr]}}", ConfigRule.Invalid)]
    public void A_translation_is_refused(string spec, ConfigRule rule) => Refused(
        Native("Gateway", "{links: [{name: tap0, driver: tun, addresses: [10.0.0.1/24]}]}") + Native("Translation", "{address: 30.0.0.9, port: '79-81'}", "y") + Native("Translation", spec), rule);

    [Theory]
    [InlineData("{links: [tap1], addresses: [198.51.100.1]}", ConfigRule.NoSuchLink)]
    [InlineData("{linksV6: [tap1], addresses: [198.51.100.1]}", ConfigRule.NoSuchLink)]
    [InlineData("{addressesOf: [tap1]}", ConfigRule.NoSuchLink)]
    [InlineData("{addresses: []}", ConfigRule.MissingParameter)]
    [InlineData("{links: [tap0]}", ConfigRule.MissingParameter)]
    [InlineData("{addresses: [198.51.100.300]}", ConfigRule.Invalid)]
    [InlineData("{addresses: [198.51.100.1], realm: nowhere}", ConfigRule.NoSuchVpc)]
    [InlineData("{addresses: [198.51.100.1], policy: all}", ConfigRule.Invalid)]
    public void A_source_nat_is_refused(string spec, ConfigRule rule) =>
        Refused(Native("Gateway", "{links: [{name: tap0, driver: tun}]}") + Native("SourceNat", spec), rule);
}
