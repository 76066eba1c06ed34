using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Packets;
using Sluice.Packets.Tests;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Virtual IPs, source NAT and a peering with every kind of NAT together, under random traffic and random updates of backends, against a naive reading of the configuration.</summary>
public sealed class MixedPropertyTests(ITestOutputHelper output)
{
    private const int Runs = 16;
    private const int Reloads = 5;
    private const int Bursts = 14;

    [Fact]
    public void What_becomes_of_every_packet_is_what_a_naive_reading_allows()
    {
        int first = Seeds.Next();
        var seen = new Seen();
        for (int seed = first; seed < first + Runs; seed++) new Run(seed, 1 + (seed % 3), isV6: seed % 2 == 0, seen).Drive();
        output.WriteLine(seen.ToString());
        Assert.True(seen is { Served: > 0, Left: > 0, Kept: > 0, Ended: > 0, Refused: > 0, Errors: > 0, InV6: > 0 }, seen.ToString());
    }

    /// <summary>Design, invariant 5: the same verdicts, backends and addresses however many workers there are; ports alone may be others.</summary>
    [Fact]
    public void The_number_of_workers_changes_no_verdict_and_no_choice()
    {
        int first = Seeds.Next();
        for (int seed = first; seed < first + Runs / 4; seed++)
        {
            string one = new Run(seed, 1, isV6: seed % 2 == 0, new Seen()).Drive(), three = new Run(seed, 3, isV6: seed % 2 == 0, new Seen()).Drive();
            Assert.Equal(one, three);
        }
    }

    /// <summary>One configuration, its traffic and its updates.</summary>
    private sealed class Run(int seed, int workers, bool isV6, Seen seen)
    {
        private readonly Random random = new(seed);
        private readonly StringBuilder trace = new();
        private int id;

        public string Drive()
        {
            var traffic = new MixedTraffic(random);
            MixedNet net = MixedNet.Draw(random);
            var oracle = new MixedOracle { Net = net };
            using var rig = new Rig(MixedFamily.Configuration(net.Text, isV6), workers, capacity: 20_000, seed: (ulong)seed);
            for (int reload = 0; reload < Reloads; reload++)
            {
                for (int burst = 0; burst < Bursts; burst++)
                {
                    Burst(rig, traffic, oracle);
                    Error(rig, oracle);
                    rig.Wait((uint)random.Next(200));
                }

                bool isSame = random.Next(4) == 0;
                MixedNet next = isSame ? oracle.Net : oracle.Net.Changed(random);
                rig.Reload(MixedFamily.Configuration(next.Text, isV6));
                Reconcile(rig, oracle, next, isSame);
            }

            return trace.ToString();
        }

        private void Burst(Rig rig, MixedTraffic traffic, MixedOracle oracle)
        {
            string link = ((string[])["a0", "a0", "a1", "a2", "b0"])[random.Next(5)];
            var sent = new List<(int Id, MixedTuple Tuple, bool Begins)>();
            for (int i = random.Next(10); i >= 0; i--)
            {
                (MixedTuple tuple, string rest, bool begins) = traffic.Next(link, oracle);
                rig.Put(link, rig.FrameOf(link, PacketScript.Parse(MixedFamily.Packet(MixedTraffic.Line(tuple, rest, ++id), isV6))));
                sent.Add((id, tuple, begins));
            }

            // Work itself asserts that the counters balance.
            Dictionary<int, (string Link, MixedTuple Tuple)> left = Left(rig, [.. rig.Work().Select(MixedFamily.Read)]);
            foreach ((int number, MixedTuple tuple, bool begins) in sent)
            {
                var outcome = left.TryGetValue(number, out (string Link, MixedTuple Tuple) one)
                    ? new MixedOutcome(rig.VerdictById[number], one.Link, one.Tuple)
                    : new MixedOutcome(rig.VerdictById[number], null, null);
                string? wrong = oracle.Judge(tuple, link, begins, outcome);
                Assert.True(wrong is null, $"seed {seed}, {workers} workers{(isV6 ? ", IPv6" : "")}: {tuple}{(begins ? "" : ", no beginning,")} in by {link}: {outcome}; but {wrong}\n{oracle.Net.Text}");
                trace.Append(CultureInfo.InvariantCulture, $"{number} {tuple.Source} > {tuple.Destination} {outcome.Verdict} {outcome.Link} {outcome.Tuple?.Source} > {outcome.Tuple?.Destination}\n");
                seen.Refused += outcome.Verdict == "drop NoBackend" ? 1 : 0;
                seen.Left += outcome.Tuple is null ? 0 : 1;
            }

            seen.InV6 += rig.Engine.Store.Sessions(rig.Now).Count(static s => !s.Original.Source.IsV4);
            AssertSame(rig, oracle);
        }

        // Invariant 3: what an error quotes is restored, and who sent it hears of it, whatever the session rewrote.
        private void Error(Rig rig, MixedOracle oracle)
        {
            MixedSession[] sessions = [.. oracle.Sessions];
            if (sessions.Length == 0) return;
            MixedSession session = sessions[random.Next(sessions.Length)];
            bool isAboutAnswer = random.Next(3) == 0;
            (MixedTuple sent, MixedTuple quoted) = isAboutAnswer ? (session.Restored, session.Answer) : (session.Sent, session.Original);
            string home = MixedNet.LinkOf(session.Original.Realm, session.Original.Source), link = isAboutAnswer ? home : session.LinkOut;
            string router = link switch { "a0" => "10.0.0.250", "a1" => "20.0.0.250", "a2" => "192.0.2.250", _ => "10.1.0.250" };
            string error = string.Create(CultureInfo.InvariantCulture, $"{router} > {sent.Source} icmp time exceeded 0 [{Words(sent)}]");
            string[] left = [.. rig.In(link, PacketScript.Parse(MixedFamily.Packet(error, isV6))).Select(MixedFamily.Read)];
            string wanted = $"{(isAboutAnswer ? session.LinkOut : home)} * > {quoted.Source} icmp time exceeded 0 [{Words(quoted)}]";
            Assert.True(left.Length == 1 && Regex.IsMatch(left[0], "^" + Regex.Escape(wanted).Replace("\\*", "\\S+", StringComparison.Ordinal)), $"seed {seed}: {error} in by {link} of {session.Original} as {session.Sent} becomes {string.Join("; ", left)}, not {wanted}");
            seen.Errors++;
        }

        private static string Words(MixedTuple tuple) => string.Create(CultureInfo.InvariantCulture, $"{tuple.Source}:{tuple.SourcePort} > {tuple.Destination}:{tuple.DestinationPort} {tuple.Protocol}");

        // What the gateway makes itself carries no payload of ours, or quotes it.
        private static Dictionary<int, (string Link, MixedTuple Tuple)> Left(Rig rig, string[] lines)
        {
            var left = new Dictionary<int, (string, MixedTuple)>();
            for (int i = 0; i < lines.Length; i++)
            {
                string payload = Encoding.ASCII.GetString(rig.Frames[i].AsSpan(Math.Max(0, rig.Frames[i].Length - 8)));
                if (!payload.StartsWith("id-", StringComparison.Ordinal) || lines[i].Contains(" icmp ", StringComparison.Ordinal)) continue;
                Assert.DoesNotContain("bad", lines[i], StringComparison.Ordinal);
                string[] words = lines[i].Split(' '), from = words[1].Split(':'), to = words[3].Split(':');
                string protocol = words[4] == "protocol" ? "gre" : words[4];
                var tuple = new MixedTuple(words[0][0], protocol, from[0], from.Length > 1 ? Number(from[1]) : 0, to[0], to.Length > 1 ? Number(to[1]) : 0);
                Assert.True(left.TryAdd(Number(payload[3..]), (words[0], tuple)), $"{lines[i]} left twice");
            }

            return left;
        }

        // Sessions are exactly those that follow from what was seen: each has its two tuples, and nobody else has one of them.
        private void AssertSame(Rig rig, MixedOracle oracle)
        {
            HashSet<(MixedTuple, MixedTuple)> live = [.. rig.Engine.Store.Sessions(rig.Now).Select(s => (Tuple(rig, s.Original), Tuple(rig, s.Reply)))];
            HashSet<(MixedTuple, MixedTuple)> expected = [.. oracle.Sessions.Select(static s => (s.Original, s.Answer))];
            Assert.True(live.SetEquals(expected), $"seed {seed}: sessions {string.Join("; ", live.Except(expected))} are too many, {string.Join("; ", expected.Except(live))} too few");

            // A public endpoint is one inside endpoint's (endpoint-independent mapping).
            var owners = new Dictionary<(char, string, string, int), (string, int)>();
            foreach (MixedSession session in oracle.Sessions.Where(s => oracle.Net.Source?.Has(s.Sent.Source) == true || s.Sent.Realm == 'b'))
            {
                (string, int) inside = (session.Original.Source, session.Original.SourcePort);
                if (!owners.TryAdd((session.Sent.Realm, session.Sent.Protocol, session.Sent.Source, session.Sent.SourcePort), inside))
                    Assert.True(owners[(session.Sent.Realm, session.Sent.Protocol, session.Sent.Source, session.Sent.SourcePort)] == inside, $"seed {seed}: two owners of {session.Sent}");
            }
        }

        private void Reconcile(Rig rig, MixedOracle oracle, MixedNet next, bool isSame)
        {
            HashSet<MixedTuple> live = [.. rig.Engine.Store.Sessions(rig.Now).Select(s => Tuple(rig, s.Original))];
            foreach (MixedSession session in oracle.Sessions)
            {
                bool isLive = live.Contains(session.Original);
                bool? expected = isSame ? true : MayLive(session, next);
                Assert.True(expected is null || expected == isLive, $"seed {seed}: {session.Original} as {session.Sent} {(isLive ? "lives" : "has ended")} under\n{next.Text}\nafter\n{oracle.Net.Text}");
                if (isLive) seen.Kept++;
                else seen.Ended++;
                if (!isLive) oracle.Forget(session);
                if (session.Service is not null) seen.Served++;
            }

            oracle.Reload(next);
            AssertSame(rig, oracle);
        }

        // Whether a session lives on; null where both are right.
        private static bool? MayLive(MixedSession session, MixedNet next)
        {
            (MixedTuple original, MixedTuple sent) = (session.Original, session.Sent);
            if (MixedSource.IsPublic(sent.Source) && next.Source?.Has(sent.Source) != true) return false;
            MixedService? service = next.ServiceAt(original.Destination, original.DestinationPort, original.Protocol);
            if (session.Backend is not { } backend) return service is not null ? false : sent.Realm == 'b' || original.Realm == 'b' ? true : null;
            if (service is null || !service.Backends.Any(b => b.IsSamePlace(backend) && (b.Direct || service.PortAt(b, original.DestinationPort) == sent.DestinationPort))) return false;

            // What is covered now may not go on with its own address.
            bool isOwn = original.Realm == 'a' && !backend.Direct && backend.Source is null && sent.Source == original.Source;
            return !isOwn || !next.Covers(original.Source, MixedNet.LinkOf(original.Source), backend.Address);
        }

        private static MixedTuple Tuple(Rig rig, in FlowParts parts) => new(
            parts.Realm == rig.RealmOf("a") ? 'a' : 'b',
            parts.Protocol == IpProtocol.Tcp ? "tcp" : "udp",
            MixedFamily.Read(parts.Source.ToString()),
            parts.SourcePort,
            MixedFamily.Read(parts.Destination.ToString()),
            parts.DestinationPort);

        private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    private sealed record Seen
    {
        public int Served { get; set; }

        public int Left { get; set; }

        public int Kept { get; set; }

        public int Ended { get; set; }

        public int Refused { get; set; }

        public int Errors { get; set; }

        public int InV6 { get; set; }
    }
}
