using Sluice.Links.Memory;
using Sluice.Links.Tests.Live;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests;

public sealed class LinkDriversTests
{
    [Fact]
    public void An_unknown_driver_is_refused_with_the_known_ones()
    {
        LinkException refused = Assert.Throws<LinkException>(() => LinkDrivers.Open(new LinkRequest("vpc1", "afpaket")));
        Assert.Equal("link vpc1: there is no driver 'afpaket'; there are afpacket, memory, tun", refused.Message);
    }

    [Fact]
    public void A_memory_link_takes_its_address_vlan_and_mtu_from_the_request()
    {
        using Link link = LinkDrivers.Open(new LinkRequest("vpc1", "memory") { Mac = MacAddress.Parse("02:00:00:00:00:77"), Mtu = 9000, Vlan = 12 });
        Assert.IsType<MemoryLink>(link);
        Assert.Equal(MacAddress.Parse("02:00:00:00:00:77"), link.Mac);
        Assert.Equal(9000, link.Mtu);
        Assert.Equal(12, link.Vlan);
        Assert.Equal("vpc1", link.Name);
    }

    [Fact]
    public void The_link_name_is_the_interface_name_where_no_device_is_given()
    {
        Root.Required();
        using VethPair pair = new();
        using Link link = LinkDrivers.Open(new LinkRequest(VethPair.Near, "afpacket") { NetworkNamespace = pair.NearSide.Path });
        Assert.NotEqual(0, link.InterfaceIndex);
    }

    [Fact]
    public void A_tun_link_has_no_vlan() =>
        Assert.Contains("VLAN", Assert.Throws<LinkException>(() => LinkDrivers.Open(new LinkRequest("t0", "tun") { Vlan = 3 })).Message, StringComparison.Ordinal);
}
