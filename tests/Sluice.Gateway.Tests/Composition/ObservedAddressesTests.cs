using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>Addresses that the kernel has and documents don't list.</summary>
public sealed class ObservedAddressesTests
{
    private readonly ObservedAddresses observed = new();

    [Fact]
    public void A_link_that_lists_none_of_a_family_has_what_the_kernel_has()
    {
        ConfigSet config = Config("addresses: ['fd00::1/64']");
        Assert.True(Set("10.0.0.5/24", "fd00::9/64", "fe80::1/64"));
        Assert.Equal(["fd00::1", "10.0.0.5"], AddressesOf(observed.Complete(config)));
    }

    [Fact]
    public void Without_news_nothing_is_another()
    {
        ConfigSet config = Config("mtu: 1500");
        Assert.Same(config, observed.Complete(config));
        Assert.True(Set("10.0.0.5/24"));
        Assert.False(Set("10.0.0.5/24"));
        Assert.Same(observed.Complete(config).Gateway.Links[0], observed.Complete(config).Gateway.Links[0]);
        ConfigSet listed = Config("addresses: [10.0.0.1/24]");
        Assert.Same(listed, observed.Complete(listed));
    }

    [Fact]
    public void The_first_that_came_stays_the_first_as_long_as_it_is_there()
    {
        ConfigSet config = Config("mtu: 1500");
        Set("10.0.0.5/24");
        Set("10.0.0.4/24", "10.0.0.5/24", "10.0.0.6/24");
        Assert.Equal(["10.0.0.5", "10.0.0.4", "10.0.0.6"], AddressesOf(observed.Complete(config)));
        Set("10.0.0.6/24");
        Assert.Equal(["10.0.0.6"], AddressesOf(observed.Complete(config)));
        Set();
        Assert.Empty(AddressesOf(observed.Complete(config)));
    }

    [Fact]
    public void A_VLAN_has_not_what_its_interface_has()
    {
        Set("10.0.0.5/24");
        Assert.Empty(AddressesOf(observed.Complete(Config("vlan: 5"))));
    }

    [Fact]
    public void A_translation_to_a_links_address_follows_it_and_the_number_of_the_configuration_stays()
    {
        using var gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, new MemorySource());
        gateway.Apply(Config("mtu: 1500"));
        ConfigInForce first = gateway.InForce!;
        Assert.Empty(gateway.Engine.Rules.Policy.Services);
        foreach (string address in new[] { "10.0.0.5", "10.0.0.6" })
        {
            gateway.Observed.Set("l", [(IpAddress.Parse(address), IpPrefix.Parse("10.0.0.0/24"))]);
            gateway.Reapply();
            Assert.Equal(address, Assert.Single(gateway.Engine.Rules.Policy.Services).Address.ToString());
            Assert.Equal([$"{address}/24"], new GatewayInspector(gateway).Links().Links[0].Addresses);
            Assert.Same(first, gateway.InForce);
        }
    }

    [Fact]
    public void What_has_no_address_yet_is_shown_as_nowhere()
    {
        using var gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, new MemorySource());
        gateway.Apply(Config("mtu: 1500", "address: 30.0.0.2", "{ addressOf: l, port: 8080 }, { address: 20.0.0.1, port: 8080 }"));
        Assert.Equal(["20.0.0.1:8080 active", "address of l nowhere"], Backends());
        gateway.Observed.Set("l", [(IpAddress.Parse("10.0.0.5"), IpPrefix.Parse("10.0.0.0/24"))]);
        gateway.Reapply();
        Assert.Equal(["10.0.0.5:8080 active", "20.0.0.1:8080 active"], Backends());

        IEnumerable<string> Backends() => new GatewayInspector(gateway).Translations(null, 10).Translations[0].Backends.Select(backend => $"{backend.Endpoint} {backend.State}");
    }

    private bool Set(params string[] addresses) => observed.Set("l", addresses.Select(text => (IpAddress.Parse(text.Split('/')[0]), IpPrefix.Parse(text))));

    private static string[] AddressesOf(ConfigSet config) => [.. config.Gateway.Links[0].Addresses.Select(static (LinkAddress own) => own.Address.ToString())];

    private static ConfigSet Config(string link, string at = "addressOf: l, mode: real", string backends = "{ address: 20.0.0.1, port: 8080 }")
    {
        LoadResult loaded = ConfigLoader.LoadText("t.yaml", $$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec: { links: [{ name: l, driver: afpacket, {{link}} }] }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Translation
            metadata: { name: web }
            spec: { {{at}}, port: 80, backends: [{{backends}}] }
            """);
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }
}
