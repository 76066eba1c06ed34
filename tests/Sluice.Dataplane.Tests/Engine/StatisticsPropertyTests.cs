using System.Globalization;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Whatever begins, ends, moves and is refused over random reloads: accounts agree with what is told of each session.</summary>
public sealed class StatisticsPropertyTests(ITestOutputHelper output)
{
    private const int Steps = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Accounts_add_up_to_what_happened_to_sessions(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var rig = new Rig(Configuration(random), workers: 2, capacity: 60);
        var told = new Told();
        rig.Engine.Store.StartEvents();
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    rig.Reload(Configuration(random));
                    break;
                case 1:
                    rig.Wait((uint)random.Next(200_000));
                    break;
                case < 8:
                    rig.In("clients", PacketScript.Parse(Client(random)));
                    break;
                default:
                    if (Reply(rig, random) is { } reply) rig.In("servers", PacketScript.Parse(reply));
                    break;
            }

            told.Hear(rig);
            Agree(rig, told, $"seed {seed}, step {step}");
        }

        Assert.True(told.Begun > 100 && told.Expired > 0 && told.Changed > 0, $"seed {seed} shows little: {told.Begun} begun, {told.Expired} expired, {told.Changed} changed");
        Assert.True(Total(rig).Refused.TableFull > 0 || Total(rig).Refused.NoBackend > 0, $"seed {seed} refuses nothing");
    }

    private static void Agree(Rig rig, Told told, string where)
    {
        AccountCounts total = Total(rig);
        SessionView[] live = [.. rig.Engine.Store.Sessions(rig.Now)];
        Assert.True(total.Active == live.Length, $"{where}: {total.Active} active, {live.Length} live");
        foreach (AccountView account in rig.Engine.Store.Accounts.Views())
            Assert.True(account.Counts.Active == live.Count(session => session.Account == account.Number), $"{where}: {account.Name} has {account.Counts.Active}");
        Assert.True((total.Begun, total.Expired) == (told.Begun, told.Expired), $"{where}: begun {total.Begun}, told {told.Begun}; expired {total.Expired}, told {told.Expired}");
        ulong original = told.OriginalPackets + Sum(live, static session => session.OriginalPackets);
        ulong reply = told.ReplyBytes + Sum(live, static session => session.ReplyBytes);
        Assert.True(total.Traffic.Original.Packets == original, $"{where}: {total.Traffic.Original.Packets} packets, told {original}");
        Assert.True(total.Traffic.Reply.Bytes == reply, $"{where}: {total.Traffic.Reply.Bytes} bytes, told {reply}");
        ulong refused = rig.Engine.Counters().DropsByReason().Where(static drop => drop.Reason is Packets.DropReason.TableFull or Packets.DropReason.NoBackend)
            .Aggregate(0ul, static (sum, drop) => sum + drop.Count);
        Assert.True((ulong)total.Refused.Total == refused, $"{where}: {total.Refused.Total} refused, {refused} dropped");
    }

    // Backends that are gone stand in their translation's account.
    private static AccountCounts Total(Rig rig)
    {
        Dictionary<uint, AccountTraffic> live = rig.Engine.Store.LiveAccountTraffic();
        AccountCounts total = default;
        foreach (AccountView account in rig.Engine.Store.Accounts.Views())
            total = total.Plus(AccountCounts.Of(account.Counts, live.GetValueOrDefault(account.Number)));
        return total;
    }

    private static string Configuration(Random random) =>
        Virtual.Web(Backends(random), more: Extras(random)) + Virtual.Translation("dns", Backends(random), "UDP", more: Extras(random));

    private static string Backends(Random random) => string.Join(", ", Enumerable.Range(1, 3).Where(_ => random.Next(3) > 0)
        .Select(number => $"{{ address: 20.0.0.{number}, port: 8080{(random.Next(4) == 0 ? ", state: draining" : "")} }}"));

    private static string Extras(Random random) =>
        $"{(random.Next(2) == 0 ? ", onRemove: drain" : "")}{(random.Next(2) == 0 ? ", affinity: { by: clientAddress, timeout: 100s }" : "")}";

    private static string Client(Random random)
    {
        string ends = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{random.Next(2, 4)}:{40_000 + random.Next(60)} > 30.0.0.2:80");
        string flags = random.Next(3) == 0 ? "A" : random.Next(8) == 0 ? "R" : "S";
        return random.Next(2) == 0 ? $"{ends} udp" : $"{ends} tcp {flags}";
    }

    private static string? Reply(Rig rig, Random random)
    {
        SessionView[] live = [.. rig.Engine.Store.Sessions(rig.Now)];
        if (live.Length == 0) return null;
        FlowParts reply = live[random.Next(live.Length)].Reply;
        string ends = string.Create(CultureInfo.InvariantCulture, $"{reply.Source}:{reply.SourcePort} > {reply.Destination}:{reply.DestinationPort}");
        return reply.Protocol == Packets.IpProtocol.Udp ? $"{ends} udp len {random.Next(100)}" : $"{ends} tcp SA seq 5000 ack 1001 len {random.Next(100)}";
    }

    private static ulong Sum(SessionView[] live, Func<SessionView, ulong> of) => live.Aggregate(0ul, (sum, session) => sum + of(session));

    private sealed class Told
    {
        private readonly List<SessionEvent> events = [];

        public long Begun { get; private set; }

        public long Expired { get; private set; }

        public long Changed { get; private set; }

        public ulong OriginalPackets { get; private set; }

        public ulong ReplyBytes { get; private set; }

        public void Hear(Rig rig)
        {
            events.Clear();
            rig.Engine.Store.TakeEvents(events);
            foreach (SessionEvent happened in events)
            {
                Assert.NotEqual(AccountTable.None, happened.Account);
                if (!happened.IsEnd)
                {
                    Begun++;
                    continue;
                }

                if (happened.Reason == EndReason.Expired) Expired++;
                if (happened.Reason is EndReason.PolicyChanged or EndReason.BackendRemoved) Changed++;
                OriginalPackets += happened.OriginalPackets;
                ReplyBytes += happened.ReplyBytes;
            }
        }
    }
}
