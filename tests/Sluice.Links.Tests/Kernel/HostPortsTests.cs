using System.Net;
using System.Net.Sockets;
using Sluice.Links.Kernel;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel;

/// <summary>Needs root. Runs alone: a program that another test starts holds copies of this process's sockets until it has begun, and they stay listed when they are closed here.</summary>
[Collection(nameof(HostPortsTests))]
[CollectionDefinition(nameof(HostPortsTests), DisableParallelization = true)]
public sealed class HostPortsTests : IDisposable
{
    private readonly NetworkNamespace _place = NetworkNamespace.CreateAnonymous();
    private readonly List<IDisposable> _open = [];
    private readonly HostPorts _ports;

    public HostPortsTests()
    {
        _place.Shell("ip address add 10.0.1.1/32 dev lo; ip address add 10.0.1.2/32 dev lo; ip address add fd00::1/128 dev lo nodad; ip link set lo up; sysctl -qw net.ipv4.ip_local_port_range='20000 20999'");
        _ports = _place.Run(() => new HostPorts());
    }

    public void Dispose()
    {
        _ports.Dispose();
        foreach (IDisposable one in _open) one.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void Listening_connected_and_wildcard_sockets_count_on_their_addresses()
    {
        Socket listener = Bind(SocketType.Stream, "10.0.1.1", 179);
        listener.Listen();
        Bind(SocketType.Stream, "0.0.0.0", 22).Listen();
        Bind(SocketType.Dgram, "10.0.1.2", 53);
        Bind(SocketType.Dgram, "fd00::1", 546);
        Bind(SocketType.Stream, "::", 443).Listen();
        Socket client = Bind(SocketType.Stream, "10.0.1.2", 5000);
        _place.Run(() => client.Connect(IPAddress.Parse("10.0.1.1"), 179));
        _ports.Refresh();

        Assert.Equal([(IpProtocol.Tcp, (ushort)22), (IpProtocol.Tcp, (ushort)179), (IpProtocol.Tcp, (ushort)443)], _ports.On(IpAddress.Parse("10.0.1.1")));
        Assert.Equal([(IpProtocol.Tcp, (ushort)22), (IpProtocol.Tcp, (ushort)443), (IpProtocol.Tcp, (ushort)5000), (IpProtocol.Udp, (ushort)53)], _ports.On(IpAddress.Parse("10.0.1.2")));
        Assert.Equal([(IpProtocol.Tcp, (ushort)443), (IpProtocol.Udp, (ushort)546)], _ports.On(IpAddress.Parse("fd00::1")));
        Assert.Equal([(IpProtocol.Tcp, (ushort)22), (IpProtocol.Tcp, (ushort)443)], _ports.On(IpAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void A_closed_socket_is_forgotten_at_the_next_reading()
    {
        Socket socket = Bind(SocketType.Dgram, "10.0.1.1", 5353);
        _ports.Refresh();
        Assert.Equal([(IpProtocol.Udp, (ushort)5353)], _ports.On(IpAddress.Parse("10.0.1.1")));
        socket.Dispose();
        _ports.Refresh();
        Assert.Empty(_ports.On(IpAddress.Parse("10.0.1.1")));
    }

    [Fact]
    public void The_bits_hold_sockets_and_the_range_of_outgoing_ports()
    {
        Bind(SocketType.Dgram, "10.0.1.1", 65535);
        _ports.Refresh();
        Assert.Equal(new PortRange(20000, 20999), _ports.EphemeralPorts);
        ulong[] udp = new ulong[1024], tcp = new ulong[1024], icmp = new ulong[1024];
        udp[0] = 2;
        _ports.CopyTo(IpAddress.Parse("10.0.1.1"), IpProtocol.Udp, udp);
        _ports.CopyTo(IpAddress.Parse("10.0.1.1"), IpProtocol.Tcp, tcp);
        _ports.CopyTo(IpAddress.Parse("10.0.1.1"), IpProtocol.Icmp, icmp);
        Assert.Equal([1, .. Enumerable.Range(20000, 1000), 65535], Set(udp));
        Assert.Equal(Enumerable.Range(20000, 1000), Set(tcp));
        Assert.Empty(Set(icmp));
        _place.Shell("sysctl -qw net.ipv4.ip_local_port_range='30000 30001'");
        _ports.Refresh();
        Assert.Equal(new PortRange(30000, 30001), _ports.EphemeralPorts);
    }

    private static IEnumerable<int> Set(ulong[] bits) => Enumerable.Range(0, 65536).Where(port => (bits[port >> 6] >> (port & 63) & 1) != 0);

    private Socket Bind(SocketType type, string address, int port)
    {
        Socket socket = _place.Run(() =>
        {
            IPAddress at = IPAddress.Parse(address);
            var made = new Socket(at.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            made.Bind(new IPEndPoint(at, port));
            return made;
        });
        _open.Add(socket);
        return socket;
    }
}
