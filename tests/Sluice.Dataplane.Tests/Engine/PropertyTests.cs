using System.Text.RegularExpressions;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Tests;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What holds under any configuration and any traffic.</summary>
public sealed partial class PropertyTests
{
    private const int Configurations = 25;
    private const int Bursts = 60;

    [Fact]
    public void Every_packet_is_accounted_for_and_no_hidden_address_ever_leaves()
    {
        int first = Seeds.Next();
        for (int seed = first; seed < first + Configurations; seed++) Drive(seed);
    }

    private static void Drive(int seed)
    {
        var traffic = new RandomTraffic(seed);
        using var rig = new Rig(traffic.Configuration(), workers: 1 + (seed % 3), capacity: 50 + (seed % 200), seed: (ulong)seed);
        var random = new Random(seed);
        for (int burst = 0; burst < Bursts; burst++)
        {
            for (int i = random.Next(80); i >= 0; i--)
            {
                (string link, string line) = traffic.Next();
                byte[] frame = rig.FrameOf(link, PacketScript.Parse(line));
                if (random.Next(15) == 0) random.NextBytes(frame.AsSpan(random.Next(frame.Length)));
                rig.Put(link, frame);
            }

            // Work itself asserts that the counters balance.
            string[] left = rig.Work();
            for (int i = 0; i < left.Length; i++)
            {
                string description = left[i][(left[i].IndexOf(' ', StringComparison.Ordinal) + 1)..];
                AssertHides(traffic, rig.FrameLinks[i], description, seed);
                if (!description.Contains("bad", StringComparison.Ordinal)) traffic.Left(rig.FrameLinks[i], description);
            }

            AssertOneOwner(rig, seed);
            rig.Wait((uint)random.Next(8000));
        }
    }

    // Neither as its own source nor inside of an error does a packet show what hides towards the realm that it leaves to.
    private static void AssertHides(RandomTraffic traffic, string link, string description, int seed)
    {
        int to = link[1] - '0';

        // What the gateway makes quotes the sender's own packet back to it, whatever that spoke of.
        if (description.StartsWith($"10.{to}.0.1 > ", StringComparison.Ordinal)) return;
        foreach ((int from, int towards) in traffic.Hidden)
        {
            if (towards != to) continue;
            foreach (Match address in Address().Matches(description))
                Assert.False(address.Value.StartsWith($"10.{from}.", StringComparison.Ordinal), $"seed {seed}: {link} {description}");
        }
    }

    // One realm, public endpoint, protocol and remote belong to one session.
    private static void AssertOneOwner(Rig rig, int seed)
    {
        var owners = new HashSet<FlowParts>();
        foreach (SessionView session in rig.Engine.Store.Sessions(rig.Now))
        {
            Assert.True(owners.Add(session.Original), $"seed {seed}: {session.Original} twice");
            Assert.True(owners.Add(session.Reply), $"seed {seed}: {session.Reply} twice");
        }
    }

    [Theory]
    [InlineData("udp len 40")]
    [InlineData("udp len 41 nochecksum")]
    [InlineData("tcp S len 33")]
    public void The_way_back_restores_what_the_way_out_changed(string transport)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        using var rig = new Rig(Net.Masquerade("preservePort: false", publics: "203.0.113.0/28"), capacity: 5000);
        for (int i = 0; i < 300; i++)
        {
            string source = $"10.0.0.{random.Next(2, 250)}:{random.Next(1, 65536)}", remote = $"192.168.50.{random.Next(2, 4)}:{random.Next(1, 65536)}";
            byte[] original = rig.FrameOf("vpc1", PacketScript.Parse($"{source} > {remote} {transport}"));
            if (rig.Send("vpc1", original).Length != 1) continue;
            byte[] translated = rig.Frames.Single()[14..];

            // An error quotes what left; who sent it sees what he sent, one hop on.
            string[] back = rig.In("vpc2", PacketBuilder.Ip("192.168.50.2", TextOf(translated, 12)).Error(3, 1, translated));
            if (Address().Matches(source)[0].Value is not ("10.0.0.2" or "10.0.0.3" or "10.0.0.4")) continue;
            Assert.Single(back);
            byte[] quoted = rig.Frames.Single()[(14 + 20 + 8)..];
            byte[] expected = original[14..];
            expected[8]--;
            expected[10] = quoted[10];
            expected[11] = quoted[11];
            Assert.Equal(expected, quoted);
            Assert.DoesNotContain("bad", PacketText.Describe(quoted, hasEthernet: false), StringComparison.Ordinal);
        }
    }

    private static string TextOf(byte[] packet, int at) => IpAddress.FromBytes(packet.AsSpan(at, 4)).ToString();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+")]
    private static partial Regex Address();
}
