using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Dataplane.Records;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Xunit;

namespace Sluice.Dataplane.Tests.Records;

public sealed class RuleLogTests : IDisposable
{
    private readonly RuleLog log = new();

    public void Dispose() => log.Dispose();

    private static FirstPacket Packet(string source = "10.0.0.5", string destination = "192.0.2.1") => new()
    {
        Realm = 3,
        Protocol = IpProtocol.Tcp,
        HasPorts = true,
        Source = IpAddress.Parse(source),
        SourcePort = 5000,
        Destination = IpAddress.Parse(destination),
        DestinationPort = 443,
    };

    private int Drain()
    {
        int count = 0;
        while (log.TryTake(out _)) count++;
        return count;
    }

    [Fact]
    public void A_record_is_one_cache_line()
    {
        Assert.Equal(64, Unsafe.SizeOf<RuleEntry>());
        Assert.Equal(32, (int)Marshal.OffsetOf<RuleEntry>(nameof(RuleEntry.At)));
        Assert.Equal(44, (int)Marshal.OffsetOf<RuleEntry>(nameof(RuleEntry.Generation)));
        Assert.Equal(55, (int)Marshal.OffsetOf<RuleEntry>(nameof(RuleEntry.Traits)));
    }

    [Theory]
    [InlineData("10.0.0.5", "192.0.2.1", false)]
    [InlineData("2001:db8::5", "2001:db8::7", true)]
    public void A_record_says_what_was_decided_on_which_packet(string source, string destination, bool denied)
    {
        log.AddSlow(Packet(source, destination), to: 4, rule: 7, denied, generation: 9, now: 1234);
        Assert.True(log.TryTake(out RuleEntry entry));
        Assert.Equal((1234u, 7u, 0u, 9, 3, 4), (entry.At, entry.Rule, entry.PassedOver, (int)entry.Generation, (int)entry.RealmFrom, (int)entry.RealmTo));
        Assert.Equal((IpAddress.Parse(source).Value, (ushort)5000), (entry.Source, entry.SourcePort));
        Assert.Equal((IpAddress.Parse(destination).Value, (ushort)443), (entry.Destination, entry.DestinationPort));
        Assert.Equal(IpProtocol.Tcp, entry.Protocol);
        Assert.Equal(denied, (entry.Traits & RuleEntryTraits.Denied) != 0);
        Assert.Equal(source.Contains(':', StringComparison.Ordinal), (entry.Traits & RuleEntryTraits.V6) != 0);
        Assert.False(log.TryTake(out _));
    }

    [Fact]
    public void A_rule_is_told_of_five_times_at_once_and_then_once_a_second()
    {
        for (int i = 0; i < 100; i++) log.AddSlow(Packet(), 4, rule: 7, denied: true, 1, now: 10_000);
        Assert.Equal(RecordLimit.Burst, Drain());
        log.AddSlow(Packet(), 4, 7, true, 1, now: 10_999);
        Assert.Equal(0, Drain());
        log.AddSlow(Packet(), 4, 7, true, 1, now: 11_000);
        Assert.True(log.TryTake(out RuleEntry entry));
        Assert.Equal(96u, entry.PassedOver);

        // Ten seconds of silence fill five tokens, not ten.
        for (int i = 0; i < 100; i++) log.AddSlow(Packet(), 4, 7, true, 1, now: 21_000);
        Assert.Equal(RecordLimit.Burst, Drain());
    }

    [Fact]
    public void A_noisy_rule_takes_nothing_from_another()
    {
        for (int i = 0; i < 100; i++) log.AddSlow(Packet(), 4, rule: 7, denied: true, 1, now: 5);
        Drain();
        log.AddSlow(Packet(), 4, rule: 8, denied: true, 1, now: 5);
        Assert.Equal(1, Drain());
    }

    [Fact]
    public void The_clock_may_wrap()
    {
        uint now = uint.MaxValue - 500;
        for (int i = 0; i < 10; i++) log.AddSlow(Packet(), 4, 7, true, 1, now);
        Drain();
        log.AddSlow(Packet(), 4, 7, true, 1, unchecked(now + 1000));
        Assert.Equal(1, Drain());
    }

    [Fact]
    public void A_full_ring_loses_what_comes_and_counts_it()
    {
        for (uint rule = 0; rule < RecordLimit.Buckets; rule++)
            for (int i = 0; i < 2; i++) log.AddSlow(Packet(), 4, rule, true, 1, now: 1);
        Assert.Equal(2 * RecordLimit.Buckets - RuleLog.Capacity, log.Lost);
        Assert.Equal(RuleLog.Capacity, Drain());
        log.AddSlow(Packet(), 4, 5, true, 1, now: 1);
        Assert.Equal(1, Drain());
    }

    [Fact]
    public void A_reader_beside_the_writer_gets_each_record_whole_and_in_order()
    {
        const uint records = 200_000;
        uint expected = 0;
        bool broken = false;
        using var done = new ManualResetEventSlim();
        var reader = new Thread(() =>
        {
            while (true)
            {
                bool last = done.IsSet;
                while (log.TryTake(out RuleEntry entry))
                {
                    broken |= entry.At < expected || entry.Rule != entry.At || entry.Source != IpAddress.Parse("10.0.0.5").Value;
                    expected = entry.At;
                }

                if (last) return;
            }
        });
        reader.Start();
        for (uint i = 1; i <= records; i++) log.AddSlow(Packet(), 4, rule: i, denied: false, 1, now: i);
        done.Set();
        reader.Join();
        Assert.False(broken);
        Assert.True(expected > 0);
    }
}
