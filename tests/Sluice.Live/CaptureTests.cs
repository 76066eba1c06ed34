using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>What leaves the gateway, as another decoder and the kernels at both ends see it.</summary>
public sealed class CaptureTests : IDisposable
{
    // Where a kernel finishes a TCP checksum that comes to 0 it writes its other form, 0xFFFF, as one must for UDP. It is as good for every receiver
    // (RFC 1071), but the decoder calls it bad: one packet in 65,536.
    private const string BadTcp = "(tcp.checksum.status == 0 && !(tcp.checksum == 0xffff && tcp.checksum_calculated == 0))";
    private const string BadChecksum =
        $"ip.checksum.status == 0 || {BadTcp} || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0";

    private readonly Town town = new();

    public static TheoryData<bool, int, bool> Kinds => new()
    {
        { false, 1, false }, { true, 1, false }, { false, 2, true }, { true, 2, true },
    };

    public void Dispose() => town.Dispose();

    /// <summary>The ends or the kernel behind the gateway finish checksums.</summary>
    /// <remarks>
    /// A capture holds finished checksums where nothing is left to an interface. Either the ends finish theirs, or they leave it to the kernel behind the
    /// gateway: then that completes and cuts what the gateway has translated unfinished, and a wrong pseudo-header shows.
    /// </remarks>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_packet_outside_has_a_bad_checksum_or_an_inside_address(bool ipv6, int workers, bool unfinished)
    {
        if (unfinished)
        {
            FinishAll(town.Middle, "vpc1");
            FinishAll(town.Middle, "vpc2");
        }
        else
        {
            FinishAll(town.Client, "c0");
            FinishAll(town.ServerSide, "s0");
        }

        town.Middle.SetControl("ipv4/ip_forward", "1");
        town.Middle.SetControl("ipv6/conf/all/forwarding", "1");
        town.Start(Configurations.Masquerade(ipv6, workers));
        using Capture outside = new(town, town.ServerSide, "s0");
        using Capture inside = new(town, town.Client, "c0");
        Talk(ipv6);
        outside.End();
        inside.End();

        // What the ends themselves leave unfinished is not the gateway's doing.
        string fromGateway = $"eth.src == {Town.OutsideMac}", toClient = $"eth.src == {Town.InsideMac}";
        Assert.Empty(outside.Show(unfinished ? $"({fromGateway}) && ({BadChecksum})" : BadChecksum));
        Assert.Empty(inside.Show(unfinished ? $"({toClient}) && ({BadChecksum})" : BadChecksum));
        Assert.Empty(outside.Show($"{fromGateway} && (ip.src == 10.0.0.0/24 || ip.dst == 10.0.0.0/24 || ipv6.addr == fd00:1::/64)"));
        Assert.Empty(outside.Show("arp.src.proto_ipv4 == 10.0.0.0/24 || _ws.malformed"));

        string mine = ipv6 ? $"ipv6.src == {Town.Public6}" : $"ip.src == {Town.Public4}";
        Assert.True(outside.Show($"{mine} && tcp").Length > 20, "TCP was captured");
        Assert.True(outside.Show($"{mine} && udp").Length > 20, "UDP was captured");
        Assert.NotEmpty(outside.Show($"{mine} && {(ipv6 ? "icmpv6.type == 128" : "icmp.type == 8")}"));
        Assert.All(new[] { town.Client, town.ServerSide }, NoChecksumErrorIsCounted);
        Assert.All(town.Gateway.Inspector.Links().Links, link => Assert.Equal((0UL, 0UL), (link.Refused, link.Lost)));
    }

    private static void FinishAll(NetworkNamespace place, string device) =>
        place.Call("ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off");

    private static void NoChecksumErrorIsCounted(NetworkNamespace place)
    {
        string counted = place.Call("nstat", "-asz", "*CsumErrors");
        foreach (string line in counted.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(words[1] == "0", line);
        }
    }

    private void Talk(bool ipv6)
    {
        string server = Town.Server(ipv6);
        town.Iperf(town.ServerSide);
        town.Client.Ping(server);
        town.Client.PingAll(server, 3, payload: 1001);
        town.CallIperf(server, "-n", "2M");
        town.CallIperf(server, "-n", "2M", "-R");
        town.CallIperf(server, "-u", "-n", "400K", "-b", "5M", "-l", "999");

        // Errors from outside, and one of the gateway's own.
        town.Client.Try("traceroute", "-n", "-q", "1", "-w", "1", "-m", "2", server);
    }
}
