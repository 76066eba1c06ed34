using Xunit;

namespace Sluice.Sessions.Tests.Life;

public sealed class TimerTests
{
    [Fact]
    public unsafe void Equal_durations_share_a_class_that_never_changes()
    {
        using var durations = new DurationTable();
        ushort first = durations.ClassOf(5000), second = durations.ClassOf(7000);
        Assert.NotEqual(first, second);
        Assert.Equal(first, durations.ClassOf(5000));
        Assert.Equal(5000u, durations.Milliseconds[first]);
        Assert.Equal(7000u, durations.Milliseconds[second]);
    }

    [Fact]
    public unsafe void A_duration_longer_than_the_clock_can_tell_is_shortened()
    {
        using var durations = new DurationTable();
        Assert.Equal(DurationTable.MaxMilliseconds, durations.Milliseconds[durations.ClassOf(uint.MaxValue)]);
    }

    [Fact]
    public void There_are_at_most_65536_distinct_durations()
    {
        using var durations = new DurationTable();
        for (uint i = 0; i < DurationTable.Limit; i++) durations.ClassOf(i);
        Assert.Throws<InvalidOperationException>(() => durations.ClassOf(DurationTable.Limit));
        Assert.Equal(3, durations.ClassOf(3));
    }

    [Fact]
    public unsafe void Equal_sets_of_idle_times_have_one_number()
    {
        using var durations = new DurationTable();
        using var sets = new TimerSets(durations);
        ushort first = sets.NumberOf(TimerSet.Default), second = sets.NumberOf(TimerSet.Default with { Udp = 1000 });
        Assert.NotEqual(first, second);
        Assert.Equal(first, sets.NumberOf(new TimerSet(7_440_000, 240_000, 240_000, 300_000, 60_000)));
        Assert.Equal(1000u, durations.Milliseconds[sets.ClassesOf(second)->Udp]);
        Assert.Equal(sets.ClassesOf(first)->TcpEstablished, sets.ClassesOf(second)->TcpEstablished);
    }

    [Fact]
    public void What_is_due_comes_out_in_the_order_of_time_over_the_clocks_wrap()
    {
        using var queue = new DueQueue();
        uint start = uint.MaxValue - 500;
        queue.TryTake(start, out _, out _, out _);
        var random = new Random(5);
        uint[] dues = [.. Enumerable.Range(0, 5000).Select(_ => start + (uint)random.Next(0, 1000))];
        for (uint i = 0; i < dues.Length; i++) queue.Add(dues[i], DueKind.Session4, i, i + 1);
        Assert.False(queue.TryTake(start - 1, out _, out _, out _));
        int taken = 0;
        uint last = start;
        for (uint passed = 0; passed <= 1000; passed += 10)
        {
            while (queue.TryTake(start + passed, out DueKind kind, out uint index, out ulong number))
            {
                Assert.Equal(DueKind.Session4, kind);
                Assert.Equal(index + 1, number);
                Assert.True(dues[index] - start >= last - start, "order");
                Assert.True(dues[index] - start <= passed, "not before it is due");
                last = dues[index];
                taken++;
            }
        }

        Assert.Equal(dues.Length, taken);
        Assert.Equal(0, queue.Count);
    }
}
