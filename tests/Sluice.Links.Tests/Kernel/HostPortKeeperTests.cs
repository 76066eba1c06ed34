using System.Net;
using System.Net.Sockets;
using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Silence;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel;

/// <summary>Needs root. Runs alone, for the reason of <see cref="HostPortsTests"/>.</summary>
[Collection(nameof(HostPortsTests))]
public sealed unsafe class HostPortKeeperTests : IDisposable, IHostPortClaims
{
    private static readonly IpAddress Own = IpAddress.Parse("10.0.1.1");

    private readonly NetworkNamespace _place = NetworkNamespace.CreateAnonymous();
    private readonly HashSet<(IpAddress Address, byte Protocol, ushort Port)> _claimed = [];
    private readonly HashSet<ushort> _busy = [];
    private readonly HostPorts _ports;
    private readonly OwnAddresses _own;
    private readonly HostPortKeeper _keeper;

    public HostPortKeeperTests()
    {
        _place.Shell("ip address add 10.0.1.1/32 dev lo; ip link set lo up; sysctl -qw net.ipv4.ip_local_port_range='20000 20001'");
        _ports = _place.Run(() => new HostPorts());
        _own = new OwnAddresses();
        _keeper = new HostPortKeeper(_ports, _own, this);
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _own.Dispose();
        _ports.Dispose();
        _place.Dispose();
    }

    bool IHostPortClaims.Claim(IpAddress address, byte protocol, ushort port) => !_busy.Contains(port) && _claimed.Add((address, protocol, port));

    void IHostPortClaims.Release(IpAddress address, byte protocol, ushort port) => _claimed.Remove((address, protocol, port));

    [Fact]
    public void What_the_host_uses_is_claimed_and_heard_and_given_back_when_it_ends()
    {
        using (Socket socket = Bind(179))
        {
            _keeper.Update([Own], []);
            Assert.Equal([(IpProtocol.Tcp, 179), (IpProtocol.Tcp, 20000), (IpProtocol.Tcp, 20001), (IpProtocol.Udp, 20000), (IpProtocol.Udp, 20001)], Claims());
            Assert.True(Heard(179) && Heard(20000) && !Heard(180));
        }

        _keeper.Update([Own], []);
        Assert.Equal([(IpProtocol.Tcp, 20000), (IpProtocol.Tcp, 20001), (IpProtocol.Udp, 20000), (IpProtocol.Udp, 20001)], Claims());
        Assert.False(Heard(179));
        _keeper.Update([], []);
        Assert.Empty(_claimed);
        Assert.False(Heard(20000));
    }

    [Fact]
    public void A_port_that_a_session_holds_goes_to_the_host_when_the_session_has_ended()
    {
        using Socket socket = Bind(5000);
        _busy.Add(5000);
        _keeper.Update([Own], []);
        Assert.False(Heard(5000));
        _busy.Clear();
        _keeper.Update([Own], []);
        Assert.True(Heard(5000));
        Assert.Contains((Own, IpProtocol.Tcp, (ushort)5000), _claimed);
        _keeper.Dispose();
        Assert.Empty(_claimed);
    }

    [Fact]
    public void What_the_configuration_gives_away_is_not_the_host_s_whatever_it_uses()
    {
        using Socket socket = Bind(179);
        _keeper.Update([Own], []);
        GivenPorts[] given = [new(new IpRange(IpPrefix.Host(Own)), IpProtocol.Tcp, new PortRange(100, 20000))];
        _keeper.Update([Own], given);
        Assert.Equal([(IpProtocol.Tcp, 20001), (IpProtocol.Udp, 20000), (IpProtocol.Udp, 20001)], Claims());
        Assert.False(Heard(179) || Heard(20000));
        _keeper.Update([Own], []);
        Assert.True(Heard(179) && Heard(20000));
    }

    private bool Heard(int port) => (_own.HostBits(Own, IpProtocol.Tcp)[port >> 6] >> (port & 63) & 1) != 0;

    private IEnumerable<(byte Protocol, int Port)> Claims() => _claimed.Select(claim => (claim.Protocol, (int)claim.Port)).Order();

    private Socket Bind(int port) => _place.Run(() =>
    {
        var made = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        made.Bind(new IPEndPoint(Own.ToIPAddress(), port));
        made.Listen();
        return made;
    });
}
