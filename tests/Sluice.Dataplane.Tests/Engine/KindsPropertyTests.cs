using System.Text.RegularExpressions;
using Sluice.Packets;
using Sluice.Packets.Tests;
using Sluice.Policy;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What holds under every kind of NAT on either end, any traffic, and any number of reloads.</summary>
public sealed partial class KindsPropertyTests(ITestOutputHelper output)
{
    private const int Runs = 16;
    private const int Reloads = 8;
    private const int Bursts = 6;

    [Fact]
    public void Nothing_hidden_leaves_nothing_has_two_owners_and_reloads_keep_what_they_allow()
    {
        int first = Seeds.Next();
        var seen = new Seen();
        for (int seed = first; seed < first + Runs; seed++) Drive(seed, seen);
        output.WriteLine(seen.ToString());
        Assert.True(seen.Kept > 0 && seen.Ended > 0 && seen.Sent > 0, seen.ToString());
    }

    private static void Drive(int seed, Seen seen)
    {
        var random = new Random(seed);
        var traffic = new RandomKinds(random);
        using var rig = new Rig(traffic.Configuration(), workers: 1 + (seed % 3), capacity: 60 + random.Next(2000), seed: (ulong)seed);
        for (int reload = 0; reload < Reloads; reload++)
        {
            for (int burst = 0; burst < Bursts; burst++)
            {
                SessionView[] before = [.. rig.Engine.Store.Sessions(rig.Now)];
                long reopened = rig.Engine.Store.Ended(EndReason.Reopened);
                Burst(rig, traffic, random, seed, seen);
                AssertOneOwner(rig, seed);
                if (!traffic.HasAcl) AssertNoneEvicted(rig, before, rig.Engine.Store.Ended(EndReason.Reopened) - reopened, seed);
                rig.Wait((uint)random.Next(3000));
            }

            SessionView[] live = [.. rig.Engine.Store.Sessions(rig.Now)];
            rig.Reload(traffic.Configuration());
            AssertKeptAsAllowed(rig, live, seed, seen);
            AssertOneOwner(rig, seed);
        }
    }

    private static void Burst(Rig rig, RandomKinds traffic, Random random, int seed, Seen seen)
    {
        for (int i = random.Next(80); i >= 0; i--)
        {
            (string link, string line) = traffic.Next();
            byte[] frame = rig.FrameOf(link, PacketScript.Parse(line));
            if (random.Next(30) == 0) random.NextBytes(frame.AsSpan(random.Next(frame.Length)));
            rig.Put(link, frame);
        }

        // Work itself asserts that the counters balance.
        string[] left = rig.Work();
        for (int i = 0; i < left.Length; i++)
        {
            string description = left[i][(left[i].IndexOf(' ', StringComparison.Ordinal) + 1)..];
            AssertHides(rig.FrameLinks[i], description, seed);
            seen.Sent++;
            if (!description.Contains("bad", StringComparison.Ordinal)) traffic.Left(rig.FrameLinks[i], description);
        }
    }

    // Whatever the kind, private addresses of another realm are shown neither as a packet's own nor inside of an error.
    private static void AssertHides(string link, string description, int seed)
    {
        char to = link[1];

        // What the gateway makes quotes the sender's own packet back to it, whatever that spoke of.
        if (description.StartsWith($"10.{to}.0.1 > ", StringComparison.Ordinal)) return;

        // A router's address is kept in an error about what a plain or one-to-one end was sent; masquerade and forwards show none.
        int quote = description.IndexOf('[', StringComparison.Ordinal);
        bool isKept = quote > 0 && !description[quote..].Contains(" > 203.0.", StringComparison.Ordinal);
        string shown = isKept ? description[description.IndexOf(" > ", StringComparison.Ordinal)..] : description;
        foreach (Match address in Private().Matches(shown))
            Assert.True(address.Value[3] == to, $"seed {seed}: {link} {description}");
    }

    private static void AssertOneOwner(Rig rig, int seed)
    {
        var owners = new HashSet<FlowParts>();
        foreach (SessionView session in rig.Engine.Store.Sessions(rig.Now))
        {
            Assert.True(owners.Add(session.Original), $"seed {seed}: {session.Original} twice");
            Assert.True(owners.Add(session.Reply), $"seed {seed}: {session.Reply} twice");
        }
    }

    // While no time passes nothing ends a session, not the want of room for others either; but a closing one of TCP, which its own tuple began again: each of those is counted.
    private static void AssertNoneEvicted(Rig rig, SessionView[] before, long reopened, int seed)
    {
        HashSet<ulong> now = [.. rig.Engine.Store.Sessions(rig.Now).Select(static session => session.Number)];
        foreach (SessionView session in before)
        {
            if (now.Contains(session.Number)) continue;
            Assert.True(session.Original.Protocol == IpProtocol.Tcp && reopened-- > 0, $"seed {seed}: {session.Original} is gone");
        }
    }

    private static void AssertKeptAsAllowed(Rig rig, SessionView[] live, int seed, Seen seen)
    {
        Dictionary<ulong, SessionView> now = rig.Engine.Store.Sessions(rig.Now).ToDictionary(static session => session.Number);
        foreach (SessionView session in live)
        {
            Revalidation expected = rig.Engine.Rules.Policy.Redecide(Remembered(session), out _);
            bool isThere = now.TryGetValue(session.Number, out SessionView after);
            Assert.True((expected == Revalidation.Kept) == isThere, $"seed {seed}: {session.Original} as {session.Reply} is {expected}, and {(isThere ? "lives" : "has ended")}");
            if (isThere) Assert.True(session.Original == after.Original && session.Reply == after.Reply, $"seed {seed}: {session.Reply} became {after.Reply}");
            if (isThere) seen.Kept++;
            else seen.Ended++;
        }
    }

    private static LiveSession Remembered(in SessionView session) =>
        new(session.Original, session.Reply, session.Pool is not null, session.DestinationMapping != NewSession.NoMapping);

    [GeneratedRegex(@"(?<![\d.])10\.\d+\.\d+\.\d+")]
    private static partial Regex Private();

    private sealed record Seen
    {
        public int Sent { get; set; }

        public int Kept { get; set; }

        public int Ended { get; set; }
    }
}
