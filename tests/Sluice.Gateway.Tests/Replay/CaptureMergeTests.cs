using Sluice.Gateway.Replay;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public class CaptureMergeTests
{
    [Fact]
    public void Packets_come_by_time_and_equal_times_by_the_order_of_the_options()
    {
        using var merge = new CaptureMerge([Capture(1, 3, 3, 9), Capture(2, 3), Capture()], (_, _) => true);

        Assert.Equal([(1, 0, 1L), (2, 1, 2L), (3, 0, 3L), (4, 0, 3L), (5, 1, 3L), (6, 0, 9L)], All(merge));
    }

    [Fact]
    public void A_capture_that_goes_back_in_time_is_taken_in_its_own_order()
    {
        using var merge = new CaptureMerge([Capture(5, 1, 6), Capture(5, 7)], (_, _) => true);

        Assert.Equal([(1, 0, 5L), (2, 0, 1L), (3, 1, 5L), (4, 0, 6L), (5, 1, 7L)], All(merge));
    }

    [Fact]
    public void What_an_input_cannot_use_is_passed_over_counted_and_not_numbered()
    {
        using var merge = new CaptureMerge([Capture(1, 2, 3), Capture(2)], (_, r) => r.TimeNanoseconds != 2);

        Assert.Equal([(1, 0, 1L), (2, 0, 3L)], All(merge));
        Assert.Equal([1L, 1L], merge.PassedOver);
    }

    [Fact]
    public void The_next_time_is_known_before_the_packet_is_taken()
    {
        using var merge = new CaptureMerge([Capture(4), Capture(2)], (_, _) => true);

        Assert.Equal(2, merge.NextTime);
        Assert.True(merge.TryNext(out MergedPacket first));
        Assert.Equal([1, 2], first.Record.Data.ToArray());
        Assert.Equal(4, merge.NextTime);
        Assert.True(merge.TryNext(out _));
        Assert.Null(merge.NextTime);
        Assert.False(merge.TryNext(out _));
    }

    private static List<(long, int, long)> All(CaptureMerge merge)
    {
        var all = new List<(long, int, long)>();
        while (merge.TryNext(out MergedPacket p))
        {
            Assert.Equal([(byte)1, (byte)p.Record.TimeNanoseconds], p.Record.Data.ToArray());
            all.Add((p.Number, p.Input, p.Record.TimeNanoseconds));
        }

        return all;
    }

    private static CaptureReader Capture(params ReadOnlySpan<long> times)
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, CaptureLinkType.RawIp))
            foreach (long time in times) writer.Write(time, [1, (byte)time]);
        Assert.True(CaptureReader.TryOpen(new MemoryStream(stream.ToArray()), out CaptureReader? reader, out _));
        return reader;
    }
}
