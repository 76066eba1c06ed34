using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Mirror;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel;

/// <summary>Needs root.</summary>
public sealed class InterfaceAddressesTests : IDisposable
{
    private readonly NetworkNamespace _place = NetworkNamespace.CreateAnonymous();
    private readonly int _ga;

    public InterfaceAddressesTests()
    {
        _place.Shell("ip link add ga type veth peer name a0; ip link set a0 up; ip link set ga up; ip address add 10.0.1.1/24 dev ga");
        _ga = _place.IndexOf("ga");
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Absent_addresses_are_added_and_exactly_those_are_taken_away()
    {
        using (InterfaceAddresses addresses = Make())
        {
            addresses.Set(_ga, [At("10.0.1.1/24"), At("10.0.1.2/24"), At("10.0.2.1/31"), At("fd00:1::1/64")]);
            string shown = Show();
            Assert.Contains("inet 10.0.1.2/24 brd 10.0.1.255", shown);
            Assert.Contains("inet 10.0.2.1/31", shown);
            Assert.Contains("inet6 fd00:1::1/64", shown);
            Assert.DoesNotContain("tentative", _place.Shell("ip -6 address show dev ga to fd00:1::1"));
            Assert.Equal(["10.0.1.2/24", "10.0.2.1/31", "fd00:1::1/64"], addresses.Added.Select(entry => entry.Address.ToString()));
        }

        Assert.Equal(["10.0.1.1/24"], Configured());
    }

    [Fact]
    public void A_reload_changes_only_what_it_names()
    {
        using InterfaceAddresses addresses = Make();
        addresses.Set(_ga, [At("10.0.1.2/24"), At("fd00:1::1/64")]);
        addresses.Set(_ga, [At("fd00:1::1/64"), At("10.0.3.1/24")]);
        Assert.Equal(["10.0.1.1/24", "10.0.3.1/24", "fd00:1::1/64"], Configured());
        addresses.Set(_ga, []);
        Assert.Equal(["10.0.1.1/24"], Configured());
    }

    [Fact]
    public void What_a_killed_gateway_left_is_taken_over_or_away()
    {
        // A gateway that never comes to its end: nothing is taken away.
        InterfaceAddresses killed = Make();
        killed.Set(_ga, [At("10.0.1.2/24"), At("10.0.5.1/24"), At("fd00:1::1/64")]);
        using (InterfaceAddresses next = Make())
        {
            next.Set(_ga, [At("10.0.1.1/24"), At("10.0.1.2/24"), At("fd00:1::1/64")]);
            Assert.Equal(["10.0.1.1/24", "10.0.1.2/24", "fd00:1::1/64"], Configured());
        }

        Assert.Equal(["10.0.1.1/24"], Configured());
        killed.Dispose();
        Assert.Equal(["10.0.1.1/24"], Configured());
    }

    [Fact]
    public void An_interface_that_is_gone_takes_its_addresses_with_it()
    {
        using InterfaceAddresses addresses = Make();
        addresses.Set(_ga, [At("10.0.1.2/24")]);
        _place.Shell("ip link delete ga");
        addresses.Dispose();
        Assert.Empty(addresses.Added);
    }

    [Fact]
    public void A_missing_interface_is_said_in_one_line()
    {
        using InterfaceAddresses addresses = Make();
        LinkException error = Assert.Throws<LinkException>(() => addresses.Set(4711, [At("10.0.1.2/24")]));
        Assert.Equal("cannot put 10.0.1.2/24 on interface 4711: there is no such interface", error.Message);
    }

    private InterfaceAddresses Make() => _place.Run(() => new InterfaceAddresses());

    private string Show() => _place.Shell("ip address show dev ga");

    private string[] Configured() =>
        [.. Show().Split('\n').Select(line => line.Trim().Split(' ')).Where(words => words[0] is "inet" or "inet6" && !words[1].StartsWith("fe80", StringComparison.Ordinal)).Select(words => words[1]).Order(StringComparer.Ordinal)];

    private static InterfaceAddress At(string text) =>
        new(IpAddress.Parse(text.Split('/')[0]), byte.Parse(text.Split('/')[1]));
}
