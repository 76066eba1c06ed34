using System.Net;
using System.Net.Sockets;
using Sluice.Links.Kernel.Silence;
using Sluice.Links.Tests.Live;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>Needs root. Real traffic past a real kernel that forwards and answers unless it is silenced.</summary>
public sealed unsafe class SilencerTests : IDisposable
{
    private readonly SilencedGateway _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("10.0.2.2", "10.0.1.1")]
    [InlineData("fd00:2::2", "fd00:1::1")]
    public void The_kernel_does_not_forward_what_the_gateway_forwards(string beyond, string own)
    {
        Assert.True(_lab.ClientReaches(beyond), "the kernel forwards by itself");
        Silencer silencer = _lab.Attach(_lab.OwnAddresses(SilencedGateway.Own4, SilencedGateway.Own6));
        SilencedGateway.PingInVain(silencer, _lab.Client, beyond);
        Assert.True(_lab.ClientReaches(own), "the host answers on its own address");
        Assert.Equal((1ul, 0ul), (silencer.Count().Foreign, silencer.Count().Ours));
        silencer.Dispose();

        // A program that another test is just starting holds a copy of the silencer's descriptors for a moment.
        Waiting.Until(() => _lab.Client.Try($"ping -c 1 -W 1 {beyond}").Code == 0, "the kernel forwarded again");
    }

    [Fact]
    public void A_packet_socket_still_receives_what_the_kernel_does_not_see()
    {
        _lab.Attach(_lab.OwnAddresses(SilencedGateway.Own4));
        string seen = _lab.Router.Shell($"""
            here=$(mktemp -d)
            timeout 60 tcpdump -i ga -nn -c 2 -Q in 'icmp and dst 10.0.2.2' >$here/out 2>$here/err &
            while kill -0 $! && ! grep -q listening $here/err; do sleep 0.05; done
            nsenter --net={_lab.Client.Path} ping -c 2 -i 0.2 -W 1 10.0.2.2 >/dev/null || true
            wait $! || true
            cat $here/out; rm -r $here
            """);
        Assert.Equal(2, seen.Split("10.0.1.2 > 10.0.2.2").Length - 1);
    }

    [Theory]
    [InlineData("10.0.1.1")]
    [InlineData("fd00:1::1")]
    public void A_port_of_the_gateway_gets_no_reset_and_the_hosts_ports_work(string text)
    {
        IpAddress address = IpAddress.Parse(text);
        _lab.Greet(address.ToIPAddress(), 8080);
        OwnAddresses own = _lab.OwnAddresses(SilencedGateway.Own4, SilencedGateway.Own6);
        Silencer silencer = _lab.Attach(own);
        Assert.Equal("hello", _lab.Connect(address, 8080));
        Assert.Equal("ConnectionRefused", _lab.Connect(address, 40000));

        ulong* bits = own.PortBits(address, IpProtocol.Tcp);
        bits[40000 >> 6] |= 1UL << 40000;
        _lab.ConnectInVain(address, 40000);
        Assert.Equal("ConnectionRefused", _lab.Connect(address, 40001));
        Assert.Equal("ConnectionRefused", _lab.Connect(address, 39999));
        Assert.Equal("hello", _lab.Connect(address, 8080));
        Waiting.Until(() => silencer.Count().Ours >= 2, "both requests were counted");

        bits[40000 >> 6] = 0;
        Assert.Equal("ConnectionRefused", _lab.Connect(address, 40000));
    }

    [Fact]
    public void A_port_that_the_host_claimed_stays_the_hosts()
    {
        _lab.Greet(IPAddress.Parse("10.0.1.1"), 8080);
        OwnAddresses own = _lab.OwnAddresses(SilencedGateway.Own4);
        own.PortBits(SilencedGateway.Own4, IpProtocol.Tcp)[8080 >> 6] |= 1UL << 8080;
        _lab.Attach(own);
        _lab.ConnectInVain(SilencedGateway.Own4, 8080);
        own.HostBits(SilencedGateway.Own4, IpProtocol.Tcp)[8080 >> 6] |= 1UL << 8080;
        Assert.Equal("hello", _lab.Connect(SilencedGateway.Own4, 8080));
    }

    [Theory]
    [InlineData("10.0.1.1", true)]
    [InlineData("fd00:1::1", true)]
    [InlineData("10.0.1.1", false)]
    [InlineData("fd00:1::1", false)]
    public void Udp_to_a_port_of_the_gateway_gets_no_unreachable(string text, bool claimed)
    {
        IpAddress address = IpAddress.Parse(text);
        OwnAddresses own = _lab.OwnAddresses(address);
        Silencer silencer = _lab.Attach(own);
        if (claimed) own.PortBits(address, IpProtocol.Udp)[5353 >> 6] |= 1UL << 5353;
        else own.PortBits(address, IpProtocol.Tcp)[5353 >> 6] |= 1UL << 5353;
        using Socket socket = _lab.Client.Run(() => new Socket(address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(new IPEndPoint(address.ToIPAddress(), 5353));
        if (claimed) SilencedGateway.SendInVain(silencer, socket, [1, 2, 3]);
        else Assert.Equal(SocketError.ConnectionRefused, SilencedGateway.ErrorOf(socket, [1, 2, 3]));
        Assert.Equal(claimed ? 1ul : 0, silencer.Count().Ours);
    }

    [Fact]
    public void Addresses_may_come_and_go_while_it_runs()
    {
        OwnAddresses own = _lab.OwnAddresses(SilencedGateway.Own4);
        Silencer silencer = _lab.Attach(own);

        // An address of another link is not named yet.
        SilencedGateway.PingInVain(silencer, _lab.Client, "10.0.2.1");
        own.Set([SilencedGateway.Own4, IpAddress.Parse("10.0.2.1")]);
        Assert.True(_lab.ClientReaches("10.0.2.1"));
        ulong* bits = own.PortBits(IpAddress.Parse("10.0.2.1"), IpProtocol.Tcp);
        bits[80 >> 6] |= 1UL << 80;
        _lab.ConnectInVain(IpAddress.Parse("10.0.2.1"), 80);
        Assert.Equal("ConnectionRefused", _lab.Connect(IpAddress.Parse("10.0.2.1"), 81));
        own.Set([IpAddress.Parse("10.0.2.1")]);
        SilencedGateway.PingInVain(silencer, _lab.Client, "10.0.1.1");
    }

    [Fact]
    public void The_kernel_goes_on_answering_for_link_layer_addresses()
    {
        _lab.Attach(_lab.OwnAddresses(SilencedGateway.Own4, SilencedGateway.Own6));
        _lab.Client.Shell("ip neigh flush dev a0");
        Assert.True(_lab.ClientReaches("10.0.1.1"));
        Assert.True(_lab.ClientReaches("fd00:1::1"));
        Assert.Contains("02:00:00:00:01:01", _lab.Client.Shell("ip neigh show 10.0.1.1"));
        Assert.Contains("02:00:00:00:01:01", _lab.Client.Shell("ip neigh show fd00:1::1"));

        // Link-local addresses and groups are nobody's to forward.
        string linkLocal = _lab.Router.Shell("ip -6 -o address show dev ga scope link").Split("inet6 ")[1].Split('/')[0];
        Assert.True(_lab.ClientReaches($"{linkLocal}%a0"));
        Assert.True(_lab.ClientReaches("ff02::1%a0"));

        // A neighbour asks at the known place whether it still holds: a solicitation without a group address.
        _lab.Client.Shell("ip neigh replace fd00:1::1 lladdr 02:00:00:00:01:01 dev a0 nud probe");
        Waiting.Until(() => _lab.Client.Shell("ip neigh show fd00:1::1").Contains("REACHABLE", StringComparison.Ordinal), "the probe was answered");
    }

    [Fact]
    public void Port_bits_belong_to_one_address_and_one_protocol_and_keep_their_place()
    {
        OwnAddresses own = _lab.OwnAddresses(SilencedGateway.Own4);
        var lines = new HashSet<nint>();
        foreach (IpAddress address in new[] { SilencedGateway.Own4, SilencedGateway.Own6 })
        {
            foreach (byte protocol in new[] { IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, IpProtocol.Sctp })
            {
                Assert.True(lines.Add((nint)own.PortBits(address, protocol)));
                Assert.True(lines.Add((nint)own.HostBits(address, protocol)));
            }
        }

        Assert.All(lines, line => Assert.True(line % 4096 == 0 && *(ulong*)line == 0 && ((ulong*)line)[1023] == 0));
        Assert.False(lines.Add((nint)own.PortBits(SilencedGateway.Own4, IpProtocol.Udp)));
        for (uint i = 0; i < 30; i++) own.PortBits(IpAddress.V4(i), IpProtocol.Tcp);
        Assert.Equal(
            "cannot masquerade to 192.0.2.1: only 32 addresses of the host may be masqueraded to",
            Assert.Throws<LinkException>(() => { own.PortBits(IpAddress.Parse("192.0.2.1"), IpProtocol.Tcp); }).Message);
    }

    [Fact]
    public void What_the_kernel_cannot_do_is_said_in_one_line()
    {
        OwnAddresses own = _lab.OwnAddresses();
        Assert.Equal(
            "cannot silence the kernel on nowhere: there is no such interface",
            Assert.Throws<LinkException>(() => Silencer.Attach(own, 4711, "nowhere")).Message);
        Assert.Equal("this kernel has no tcx; Linux 6.6 or later with CONFIG_NET_XGRESS is needed", Silencer.Explain(22));
        Assert.Equal("bpf is not permitted; run as root or with CAP_BPF and CAP_NET_ADMIN", Silencer.Explain(1));
    }
}
