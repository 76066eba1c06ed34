using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Tests.Kernel.Mirror;
using Sluice.Links.Tests.Live;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel;

/// <summary>Needs root. A gateway with one link to a host.</summary>
public sealed class KernelNeighborsTests : IDisposable
{
    // How often the kernel asks before it gives up, so that an answer may be late.
    private const int Patient = 300;

    private readonly NetworkNamespace _gateway = NetworkNamespace.CreateAnonymous();
    private readonly NetworkNamespace _host = NetworkNamespace.CreateAnonymous();
    private readonly Recorder _recorder = new();
    private readonly KernelMirror _mirror;
    private readonly KernelNeighbors _neighbors;
    private readonly int _ga;

    public KernelNeighborsTests()
    {
        // Without duplicate address detection there is a link-local address at once, and the kernel needs one to solicit neighbours.
        foreach (NetworkNamespace place in new[] { _gateway, _host }) place.Shell("sysctl -qw net.ipv6.conf.default.accept_dad=0");
        _gateway.Shell($"""
            ip link add ga type veth peer name a0 netns {_host.Path}
            ip link set ga up
            ip address add 10.0.1.1/24 dev ga
            ip address add fd00:1::1/64 dev ga nodad
            sysctl -qw net.ipv4.neigh.ga.retrans_time_ms=100 net.ipv4.neigh.ga.delay_first_probe_time=1
            sysctl -qw net.ipv4.neigh.ga.mcast_solicit={Patient} net.ipv6.neigh.ga.mcast_solicit={Patient}
            """);
        _host.Shell("""
            ip link set a0 address 02:00:00:00:00:0a
            ip link set a0 up
            ip address add 10.0.1.2/24 dev a0
            ip address add fd00:1::2/64 dev a0 nodad
            """);
        Waiting.UntilIpv6(_gateway, "ga");
        Waiting.UntilIpv6(_host, "a0");
        _ga = _gateway.IndexOf("ga");
        _mirror = _gateway.Run(() => new KernelMirror(["ga"], _recorder));
        _mirror.Start();
        _neighbors = _gateway.Run(() => new KernelNeighbors());
    }

    public void Dispose()
    {
        _neighbors.Dispose();
        _mirror.Dispose();
        _gateway.Dispose();
        _host.Dispose();
    }

    [Theory]
    [InlineData("10.0.1.2")]
    [InlineData("fd00:1::2")]
    public void The_kernel_resolves_an_address_that_it_never_heard_of(string text)
    {
        IpAddress address = IpAddress.Parse(text);
        Assert.Equal("", _gateway.Shell($"ip neigh show {text}"));
        _neighbors.Ask(_ga, address);
        _recorder.Until(r => r.Usable.TryGetValue((_ga, address), out MacAddress? mac) && mac == MacAddress.Parse("02:00:00:00:00:0a"), "the host answered");
        Assert.Equal((1ul, 0ul), (_neighbors.Asked, _neighbors.Refused));
    }

    [Fact]
    public void Asking_for_what_nobody_has_ends_in_a_failure_and_may_be_repeated()
    {
        IpAddress address = IpAddress.Parse("10.0.1.77");
        _gateway.Shell("sysctl -qw net.ipv4.neigh.ga.mcast_solicit=3");
        _neighbors.Ask(_ga, address);
        _recorder.Until(r => r.NeighborEvents.Any(e => e.Address == address && !e.Usable), "it failed");
        _gateway.Shell($"sysctl -qw net.ipv4.neigh.ga.mcast_solicit={Patient}");
        _host.Shell("ip address add 10.0.1.77/24 dev a0");
        _neighbors.Ask(_ga, address);
        _recorder.Until(r => r.Usable.ContainsKey((_ga, address)), "it was found");
    }

    [Fact]
    public void A_stale_neighbour_in_use_is_confirmed_and_a_changed_address_is_learnt()
    {
        IpAddress address = IpAddress.Parse("10.0.1.2");
        _gateway.Shell("ip neigh replace 10.0.1.2 lladdr 02:00:00:00:00:0b dev ga nud stale");
        _recorder.Until(r => r.Usable.TryGetValue((_ga, address), out MacAddress? mac) && mac == MacAddress.Parse("02:00:00:00:00:0b"), "the stale entry was known");
        _neighbors.Confirm(_ga, address);

        // The kernel waits, asks at the old place in vain, and then asks everybody.
        Waiting.Until(() =>
        {
            _neighbors.Confirm(_ga, address);
            return _gateway.Shell("ip neigh show 10.0.1.2").Contains("02:00:00:00:00:0a REACHABLE", StringComparison.Ordinal);
        }, "the entry was reachable with the new address");
        _recorder.Until(r => r.Usable[(_ga, address)] == MacAddress.Parse("02:00:00:00:00:0a"), "the mirror learnt it");
    }

    [Theory]
    [InlineData("permanent", "PERMANENT")]
    [InlineData("noarp", "NOARP")]
    public void A_fixed_entry_stays_as_it_is(string state, string shown)
    {
        _gateway.Shell($"ip neigh replace 10.0.1.2 lladdr 02:00:00:00:00:0f dev ga nud {state}");
        _neighbors.Confirm(_ga, IpAddress.Parse("10.0.1.2"));
        _neighbors.Ask(_ga, IpAddress.Parse("fd00:1::2"));
        _recorder.Until(r => r.Usable.ContainsKey((_ga, IpAddress.Parse("fd00:1::2"))), "the request behind it was done");
        Assert.Contains($"02:00:00:00:00:0f {shown}", _gateway.Shell($"ip neigh show 10.0.1.2 nud {state}"));
        Assert.Equal(1ul, _neighbors.Asked);
    }

    [Fact]
    public void What_the_kernel_refuses_is_counted()
    {
        _neighbors.Ask(4711, IpAddress.Parse("10.0.1.2"));
        Waiting.Until(() => _neighbors.Refused == 1, "the refusal was counted");
    }
}
