using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>ICMP errors of both sides and of the gateway itself, as programs meet them. Behind the server is a network that it forwards to.</summary>
public sealed class ErrorTests : IDisposable
{
    private const string Far4 = "192.168.60.2";
    private const string Far6 = "fd00:3::2";

    private Town? made;
    private NetworkNamespace? farSide;

    private Town Here => made ??= new Town();

    public void Dispose() => made?.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_closed_port_refuses_the_connection(bool ipv6)
    {
        Here.Start(Configurations.Masquerade(ipv6));
        var closed = new IPEndPoint(IPAddress.Parse(Town.Server(ipv6)), 9);
        using Socket udp = Here.Client.Run(() => new Socket(closed.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        udp.ReceiveTimeout = 60_000;
        udp.Connect(closed);
        udp.Send("anyone?"u8);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => udp.Receive(new byte[64])).SocketErrorCode);

        using Socket tcp = Here.Client.Run(() => new Socket(closed.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => tcp.Connect(closed)).SocketErrorCode);
    }

    [Theory]
    [InlineData(false, "-U")]
    [InlineData(false, "-I")]
    [InlineData(false, "-T")]
    [InlineData(true, "-U")]
    [InlineData(true, "-I")]
    public void Traceroute_shows_the_gateway_and_every_hop_behind_it(bool ipv6, string method)
    {
        BuildFarNetwork(mtu: 1500);
        Here.Start(Configurations.Masquerade(ipv6, more: More(ipv6)));
        string[] hops = Hops(Here.Client.Call("traceroute", method, "-n", "-q", "1", "-N", "1", "-w", "30", "-m", "5", ipv6 ? Far6 : Far4));
        Assert.Equal(ipv6 ? [Town.Inside6, Town.Server6, Far6] : [Town.Inside4, Town.Server4, Far4], hops);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_smaller_mtu_far_behind_the_gateway_is_learnt(bool ipv6)
    {
        BuildFarNetwork(mtu: 1300);
        Here.Start(Configurations.Masquerade(ipv6, more: More(ipv6)));
        Assert.Contains("mtu", Here.Client.PingUntilHeard(ipv6 ? Far6 : Far4, "-M", "do", "-s", "1400"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("mtu 1300", Here.Client.Call("ip", "route", "get", ipv6 ? Far6 : Far4), StringComparison.Ordinal);
        Here.Client.Call("ip", ipv6 ? "-6" : "-4", "route", "flush", "cache");
        Here.Iperf(farSide!);
        Here.CallIperf(ipv6 ? Far6 : Far4, "-n", "4M");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_smaller_mtu_of_the_gateway_s_own_link_is_told(bool ipv6)
    {
        made = new Town(outsideMtu: 1300);
        Here.Start(Configurations.Masquerade(ipv6));
        string ping = Here.Client.PingUntilHeard(Town.Server(ipv6), "-M", "do", "-s", "1400");
        Assert.Contains($"From {(ipv6 ? Town.Inside6 : Town.Inside4)}", ping, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("mtu 1300", Here.Client.Call("ip", "route", "get", Town.Server(ipv6)), StringComparison.Ordinal);
        Here.Client.Call("ip", ipv6 ? "-6" : "-4", "route", "flush", "cache");
        Here.Iperf(Here.ServerSide);
        Here.CallIperf(Town.Server(ipv6), "-n", "4M");
    }

    private static string More(bool ipv6) => ipv6 ? ", { cidr: \"fd00:3::/64\" }" : ", { cidr: 192.168.60.0/24 }";

    private static string[] Hops(string traceroute) =>
        [.. Regex.Matches(traceroute, @"^\s*\d+\s+(?<hop>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture).Select(m => m.Groups["hop"].Value)];

    private void BuildFarNetwork(int mtu)
    {
        farSide = Here.Make();
        Here.Cable(farSide, "f0", "02:00:00:00:03:02", Here.ServerSide, "s1", "02:00:00:00:03:01", mtu);
        Here.ServerSide.SetControl("ipv4/ip_forward", "1");
        Here.ServerSide.SetControl("ipv6/conf/all/forwarding", "1");
        Here.ServerSide.Shell("ip address add 192.168.60.1/24 dev s1; ip address add fd00:3::1/64 dev s1");
        farSide.Shell($"""
            ip address add {Far4}/24 dev f0
            ip address add {Far6}/64 dev f0
            ip route add default via 192.168.60.1
            ip route add default via fd00:3::1
            """);
        Here.AwaitCables();

        // What lies behind the server is the kernel's to know; the gateway follows it.
        Here.Middle.Shell($"""
            ip address add {Town.Outside4}/24 dev vpc2
            ip address add {Town.Outside6}/64 dev vpc2
            ip route add 192.168.60.0/24 via {Town.Server4}
            ip route add fd00:3::/64 via {Town.Server6}
            """);
    }
}
