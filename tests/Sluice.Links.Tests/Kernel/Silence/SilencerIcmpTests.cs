using System.Net;
using System.Net.Sockets;
using Sluice.Links.Kernel.Silence;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>Needs root. ICMP, fragments and options on their way to the host's own address.</summary>
public sealed unsafe class SilencerIcmpTests : IDisposable
{
    private const int Identifier = 777;

    private readonly SilencedGateway _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("10.0.1.1", "10.0.1.2", IpProtocol.Icmp)]
    [InlineData("fd00:1::1", "fd00:1::2", IpProtocol.IcmpV6)]
    public void An_echo_reply_belongs_to_whoever_holds_its_identifier(string own, string far, byte protocol)
    {
        IpAddress address = IpAddress.Parse(own);
        OwnAddresses addresses = _lab.OwnAddresses(address);
        Silencer silencer = _lab.Attach(addresses);
        ulong* bits = addresses.PortBits(address, protocol);
        Assert.True(HostReaches(far), "the host pings");
        bits[Identifier >> 6] |= 1UL << Identifier;
        SilencedGateway.PingInVain(silencer, _lab.Router, far, $"-e {Identifier}");
        Assert.Equal(1ul, silencer.Count().Ours);
        bits[Identifier >> 6] = 0;
        bits[(Identifier + 1) >> 6] |= 1UL << (Identifier + 1);
        Assert.True(HostReaches(far), "another identifier is not meant");
        Assert.True(_lab.ClientReaches(own), "requests are the host's to answer");
    }

    [Theory]
    [InlineData("10.0.1.1", "10.0.1.2")]
    [InlineData("fd00:1::1", "fd00:1::2")]
    public void An_error_belongs_to_whoever_sent_what_it_quotes(string own, string far)
    {
        IpAddress address = IpAddress.Parse(own);
        OwnAddresses addresses = _lab.OwnAddresses(address);
        Silencer silencer = _lab.Attach(addresses);
        ulong* bits = addresses.PortBits(address, IpProtocol.Udp);
        using Socket socket = OpenToClosedPort(own, far);
        Assert.Equal(SocketError.ConnectionRefused, SilencedGateway.ErrorOf(socket, [1]));
        bits[40000 >> 6] |= 1UL << 40000;
        SilencedGateway.SendInVain(silencer, socket, [1]);
        Assert.Equal(1ul, silencer.Count().Ours);
        addresses.HostBits(address, IpProtocol.Udp)[40000 >> 6] |= 1UL << 40000;
        Assert.Equal(SocketError.ConnectionRefused, SilencedGateway.ErrorOf(socket, [1]));
    }

    [Theory]
    [InlineData("10.0.1.1", "10.0.1.2", "10.0.77.1", IpProtocol.Icmp)]
    [InlineData("fd00:1::1", "fd00:1::2", "fd00:77::1", IpProtocol.IcmpV6)]
    public void An_error_that_quotes_an_echo_request_is_found_by_its_identifier(string own, string far, string beyond, byte protocol)
    {
        // The client is a router that knows no way on, and says so.
        _lab.Client.Shell($"sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; ip route add unreachable {beyond}");
        _lab.Router.Shell($"ip route add {beyond} via {far}");
        IpAddress address = IpAddress.Parse(own);
        OwnAddresses addresses = _lab.OwnAddresses(address);
        Silencer silencer = _lab.Attach(addresses);
        Assert.Contains("nreachable", _lab.Router.Try($"ping -c 1 -W 30 -e {Identifier} {beyond}").Output);
        addresses.PortBits(address, protocol)[Identifier >> 6] |= 1UL << Identifier;
        SilencedGateway.PingInVain(silencer, _lab.Router, beyond, $"-e {Identifier}");
        Assert.Equal(1ul, silencer.Count().Ours);
    }

    [Theory]
    [InlineData("10.0.1.1")]
    [InlineData("fd00:1::1")]
    public void Fragments_to_the_host_pass(string own)
    {
        IpAddress address = IpAddress.Parse(own);
        OwnAddresses addresses = _lab.OwnAddresses(address);
        new Span<ulong>(addresses.PortBits(address, IpProtocol.Udp), 1024).Fill(ulong.MaxValue);
        _lab.Attach(addresses);
        Assert.True(SilencedGateway.Reaches(_lab.Client, own, "-s 4000"));
    }

    [Fact]
    public void A_first_fragment_to_a_port_of_the_gateway_is_kept_from_the_host()
    {
        OwnAddresses addresses = _lab.OwnAddresses(SilencedGateway.Own4);
        Silencer silencer = _lab.Attach(addresses);
        byte[] large = new byte[4000];
        using Socket socket = OpenToGateway();
        Assert.Equal(SocketError.ConnectionRefused, SilencedGateway.ErrorOf(socket, large));
        addresses.PortBits(SilencedGateway.Own4, IpProtocol.Udp)[5353 >> 6] |= 1UL << 5353;
        SilencedGateway.SendInVain(silencer, socket, large);
        Assert.Equal(1ul, silencer.Count().Ours);
    }

    [Fact]
    public void The_port_is_found_behind_options()
    {
        OwnAddresses addresses = _lab.OwnAddresses(SilencedGateway.Own4);
        Silencer silencer = _lab.Attach(addresses);
        using Socket socket = OpenToGateway();
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IPOptions, new byte[] { 1, 1, 1, 1, 1, 1, 1, 1 });
        Assert.Equal(SocketError.ConnectionRefused, SilencedGateway.ErrorOf(socket, [1]));
        addresses.PortBits(SilencedGateway.Own4, IpProtocol.Udp)[5353 >> 6] |= 1UL << 5353;
        SilencedGateway.SendInVain(silencer, socket, [1]);
        Assert.Equal(1ul, silencer.Count().Ours);
    }

    private bool HostReaches(string far) => SilencedGateway.Reaches(_lab.Router, far, $"-e {Identifier}");

    private Socket OpenToClosedPort(string own, string far)
    {
        Socket socket = _lab.Router.Run(() =>
        {
            IPAddress at = IPAddress.Parse(own);
            var made = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            made.Bind(new IPEndPoint(at, 40000));
            return made;
        });
        socket.Connect(new IPEndPoint(IPAddress.Parse(far), 9));
        return socket;
    }

    private Socket OpenToGateway()
    {
        Socket socket = _lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(new IPEndPoint(SilencedGateway.Own4.ToIPAddress(), 5353));
        return socket;
    }
}
