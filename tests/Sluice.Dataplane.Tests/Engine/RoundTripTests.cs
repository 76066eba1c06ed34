using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Translation can be taken back: an answer to what a packet became, and an error about it, come to its sender as if nothing had been translated.</summary>
public sealed class RoundTripTests
{
    private const int Packets = 3000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_comes_back_to_a_sender_is_about_exactly_what_it_sent(bool v6)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        var net = new RoundTripNet(random, v6);
        using var rig = new Rig(RoundTripNet.Configuration(v6), capacity: 2 * Packets, seed: (ulong)seed);
        int translated = 0;
        for (int i = 0; i < Packets; i++)
        {
            (string link, string line) = net.Next();
            byte[] sent = rig.FrameOf(link, PacketScript.Parse(line));
            string left = OnlyOne(rig, rig.Send(link, sent), link == "r1" ? "r2" : "r1", line);
            byte[] became = rig.Frames[0][14..];
            if (!left.StartsWith(string.Join(' ', line.Split(' ')[..3]), StringComparison.Ordinal)) translated++;
            if (random.Next(2) == 0) AssertAnswered(rig, link, line, left);
            AssertErrorsAreAbout(rig, link, line, sent[14..], left, became);
            AssertAnswered(rig, link, line, left);
            if (random.Next(8) == 0) rig.Wait((uint)random.Next(2000));
        }

        Assert.True(translated > Packets / 2);
    }

    // What left, turned round, arrives as what was sent, turned round.
    private static void AssertAnswered(Rig rig, string link, string line, string left)
    {
        string[] asked = line.Split(' '), words = left.Split(' ');
        string answer = words[3] switch
        {
            "tcp" => "tcp SA seq 7 ack 9",
            "udp" => "udp len 5",
            "protocol" => "protocol 47",
            _ => $"{words[3]} echo reply id {Number(words, "id")}",
        };
        string expected = words[3].StartsWith("icmp", StringComparison.Ordinal) ? $"{words[3]} echo reply id {Number(asked, "id")}" : answer.Split(" seq ")[0].Split(" len ")[0];
        string came = OnlyOne(rig, rig.In(Other(link), PacketScript.Parse($"{words[2]} > {words[0]} {answer}")), link, line);
        Assert.True(came.StartsWith($"{asked[2]} > {asked[0]} {expected}", StringComparison.Ordinal), $"{line}\nbecame {left}\nits answer came as {came}");
    }

    // Who got the packet complains of it: the sender is told by the address that it spoke to, and of its own packet.
    private static void AssertErrorsAreAbout(Rig rig, string link, string line, byte[] sent, string left, byte[] became)
    {
        string[] asked = line.Split(' '), words = left.Split(' ');
        (IpAddress by, IpAddress to) = (AddressOf(words[2]), AddressOf(words[0]));
        PacketBuilder error = PacketBuilder.Ip(by, to).Error(by.IsV4 ? IcmpType.Unreachable : IcmpV6Type.Unreachable, by.IsV4 ? (byte)3 : (byte)4, became);
        string came = OnlyOne(rig, rig.In(Other(link), error), link, line);
        string about = $"{line}\nbecame {left}\nthe error about it came as {came}";
        Assert.True(came.StartsWith($"{AddressOf(asked[2])} > {AddressOf(asked[0])} icmp", StringComparison.Ordinal), about);
        byte[] quoted = rig.Frames[0][(14 + (by.IsV4 ? Ipv4Header.Bytes : Ipv6Header.Bytes) + 8)..];
        Assert.True(quoted.Length >= sent.Length, about);
        int transport = by.IsV4 ? Ipv4Header.Bytes : Ipv6Header.Bytes;
        int checksum = transport + (by.IsV4 ? sent[9] : sent[6]) switch { IpProtocol.Tcp => 16, IpProtocol.Udp => 6, IpProtocol.Icmp or IpProtocol.IcmpV6 => 2, _ => -1000 };
        for (int i = 0; i < sent.Length; i++)
        {
            // A hop was counted, and the header's checksum with it; nothing else.
            if (by.IsV4 ? i is 8 or 10 or 11 : i == 7) continue;
            bool isZero = (i == checksum || i == checksum + 1) && Sum(sent, checksum) is 0xFFFF or 0 && Sum(quoted, checksum) is 0xFFFF or 0;
            Assert.True(sent[i] == quoted[i] || isZero, $"{about}\nbyte {i} of what it quotes is {quoted[i]:x2}, not {sent[i]:x2}");
        }

        Assert.Equal(sent[by.IsV4 ? 8 : 7] - 1, quoted[by.IsV4 ? 8 : 7]);
    }

    private static string OnlyOne(Rig rig, string[] left, string link, string line)
    {
        Assert.True(left.Length == 1 && left[0].StartsWith(link + ' ', StringComparison.Ordinal) && !left[0].Contains("bad", StringComparison.Ordinal),
            $"{line}\nleft as {string.Join(", ", left)}: {string.Join(", ", rig.TakeVerdicts())}");
        rig.TakeVerdicts();
        return left[0][(link.Length + 1)..];
    }

    private static string Other(string link) => link == "r1" ? "r2" : "r1";

    private static int Sum(byte[] packet, int at) => (packet[at] << 8) | packet[at + 1];

    private static string Number(string[] words, string name) => words[Array.IndexOf(words, name) + 1];

    private static IpAddress AddressOf(string endpoint)
    {
        if (endpoint[0] == '[') return IpAddress.Parse(endpoint[1..endpoint.IndexOf(']', StringComparison.Ordinal)]);
        return IpAddress.Parse(endpoint.Count(static letter => letter == ':') == 1 ? endpoint[..endpoint.IndexOf(':', StringComparison.Ordinal)] : endpoint);
    }
}
