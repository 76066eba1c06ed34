using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>The whole way of packets through a masquerade, IPv4.</summary>
public sealed class MasqueradeTests : IDisposable
{
    internal const string Config = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: vpc1, driver: afpacket, realm: vpc1, addresses: [10.0.0.1/24], neighbors: [{ address: 10.0.0.2, mac: "02:00:00:00:01:02" }, { address: 10.0.0.3, mac: "02:00:00:00:01:03" }] }
            - { name: vpc2, driver: afpacket, realm: vpc2, addresses: [192.168.50.1/24], neighbors: [{ address: 192.168.50.2, mac: "02:00:00:00:02:02" }, { address: 192.168.50.3, mac: "02:00:00:00:02:03" }] }
          realms: [{ name: vpc1 }, { name: vpc2 }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: one-two }
        spec:
          peering:
            vpc1: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }
            vpc2: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
        """;

    private const string Inside = "02:00:00:00:01:02";
    private const string Outside = "02:00:00:00:02:02";
    private readonly Rig rig = new(Config);

    public void Dispose() => rig.Dispose();

    [Fact]
    public void A_connection_leaves_with_the_public_address_and_its_replies_come_back()
    {
        Assert.Equal(["vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S len 0 ttl 63"], Out(Tcp(5000, TcpFlag.Syn)));
        Assert.Equal(["vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA len 0 ttl 63"], Back(Reply(5000, TcpFlag.Syn | TcpFlag.Ack)));
        Assert.Equal(["vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp A len 5 ttl 63"], Out(Tcp(5000, TcpFlag.Ack).Payload("hello")));
        Assert.Equal(["forward", "forward", "forward"], rig.TakeVerdicts());
        Assert.Equal(1, rig.Engine.Store.Count().TcpEstablished);
    }

    [Fact]
    public void A_datagram_and_a_ping_are_answered()
    {
        Assert.Equal(["vpc2 203.0.113.1:5353 > 192.168.50.2:53 udp len 4 ttl 63"], Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(5353, 53).Payload("what")));
        Assert.Equal(["vpc1 192.168.50.2:53 > 10.0.0.2:5353 udp len 4 ttl 63"], Back(PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Udp(53, 5353).Payload("that")));
        string[] ping = Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Echo(7).Payload("ping"));
        Assert.Equal("vpc2 203.0.113.1 > 192.168.50.2 icmp echo request id 7 seq 1 len 4 ttl 63", Assert.Single(ping));
        string[] pong = Back(PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Echo(7, reply: true).Payload("ping"));
        Assert.Equal("vpc1 192.168.50.2 > 10.0.0.2 icmp echo reply id 7 seq 1 len 4 ttl 63", Assert.Single(pong));
    }

    [Fact]
    public void Two_hosts_with_one_source_port_get_two_public_ports()
    {
        Out(Tcp(5000, TcpFlag.Syn));
        string line = Assert.Single(rig.Send("vpc1", rig.From("vpc1", "02:00:00:00:01:03", PacketBuilder.Ip("10.0.0.3", "192.168.50.2").Tcp(5000, 80, TcpFlag.Syn))));
        Assert.StartsWith("vpc2 203.0.113.1:", line, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.1:5000 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_asked_for_is_dropped_in_silence()
    {
        Assert.Empty(Back(Reply(6000, TcpFlag.Syn)));
        Assert.Empty(Back(PacketBuilder.Ip("192.168.50.2", "10.0.0.2").Udp(1, 2)));
        Assert.Equal(["drop NoMapping", "drop NotExposed"], rig.TakeVerdicts());
    }

    [Fact]
    public void A_segment_without_connection_is_dropped()
    {
        Assert.Empty(Out(Tcp(5000, TcpFlag.Ack)));
        Assert.Equal(["drop MidstreamTcp"], rig.TakeVerdicts());
    }

    [Fact]
    public void An_expiring_packet_is_answered_and_makes_no_session()
    {
        string line = Assert.Single(Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Ttl(1).Udp(5000, 33434)));
        Assert.StartsWith("vpc1 10.0.0.1 > 10.0.0.2 icmp", line, StringComparison.Ordinal);
        Assert.Equal(["drop TtlExpired"], rig.TakeVerdicts());
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void An_error_from_outside_reaches_the_inside_host_with_what_it_sent()
    {
        Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(5000, 9).Payload("lost"));
        byte[] quoted = PacketBuilder.Ip("203.0.113.1", "192.168.50.2").Ttl(63).Udp(5000, 9).Payload("lost").Build();
        string line = Assert.Single(Back(PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Error(3, 3, quoted)));
        Assert.StartsWith("vpc1 192.168.50.2 > 10.0.0.2 icmp", line, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2:5000 > 192.168.50.2:9", line, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_from_inside_leaves_with_the_public_address()
    {
        Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(5000, 9));
        byte[] quoted = PacketBuilder.Ip("192.168.50.2", "10.0.0.2").Ttl(62).Udp(9, 5000).Build();
        string line = Assert.Single(Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Error(3, 3, quoted)));
        Assert.StartsWith("vpc2 203.0.113.1 > 192.168.50.2 icmp", line, StringComparison.Ordinal);
        Assert.Contains("192.168.50.2:9 > 203.0.113.1:5000", line, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fragment_never_passes_untranslated()
    {
        byte[] whole = PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(5000, 9).Payload(2000).Build();
        foreach (byte[] fragment in Fragments.Of(whole, 1024))
            Assert.Empty(rig.Send("vpc1", [.. Mac(rig, fragment)]));
        Assert.Equal(["drop FragmentUnsupported", "drop FragmentUnsupported"], rig.TakeVerdicts());
    }

    [Fact]
    public void A_packet_too_big_for_the_way_out_is_told_so()
    {
        string line = Assert.Single(Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").DontFragment().Udp(5000, 9).Payload(1600)));
        Assert.StartsWith("vpc1 10.0.0.1 > 10.0.0.2 icmp", line, StringComparison.Ordinal);
        Assert.Equal(["drop TooBig"], rig.TakeVerdicts());
    }

    [Fact]
    public void A_session_ends_a_millisecond_after_its_idle_time_and_not_before()
    {
        Out(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(5000, 53));
        rig.Wait(300_000);
        Assert.Single(Back(PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Udp(53, 5000)));
        rig.Wait(300_001);
        Assert.Empty(Back(PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Udp(53, 5000)));
    }

    [Fact]
    public void The_gateway_answers_arp_for_its_own_addresses_only()
    {
        byte[] own = PacketBuilder.Arp(1, Packets.Addresses.MacAddress.Parse(Inside), Address("10.0.0.2"), default, Address("10.0.0.1")).Ethernet("ff:ff:ff:ff:ff:ff", Inside).Build();
        byte[] other = PacketBuilder.Arp(1, Packets.Addresses.MacAddress.Parse(Inside), Address("10.0.0.2"), default, Address("10.0.0.3")).Ethernet("ff:ff:ff:ff:ff:ff", Inside).Build();
        Assert.StartsWith("vpc1 arp", Assert.Single(rig.Send("vpc1", own)), StringComparison.Ordinal);
        Assert.Empty(rig.Send("vpc1", other));
        Assert.Equal(["consume", "drop NotForUs"], rig.TakeVerdicts());
    }

    private static Packets.Addresses.IpAddress Address(string text) => Packets.Addresses.IpAddress.Parse(text);

    private static IEnumerable<byte[]> Mac(Rig rig, byte[] ip)
    {
        byte[] frame = new byte[14 + ip.Length];
        byte[] header = rig.From("vpc1", Inside, PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(1, 1));
        header.AsSpan(0, 14).CopyTo(frame);
        ip.CopyTo(frame, 14);
        yield return frame;
    }

    private string[] Out(PacketBuilder packet) => rig.Send("vpc1", rig.From("vpc1", Inside, packet));

    private string[] Back(PacketBuilder packet) => rig.Send("vpc2", rig.From("vpc2", Outside, packet));

    private static PacketBuilder Tcp(int port, byte flags) => PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Tcp(port, 80, flags);

    private static PacketBuilder Reply(int port, byte flags) => PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Tcp(80, port, flags, 5000, 1001);
}
