using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Packets.Tests.Captures;

public class CaptureRoundTripTests
{
    [Fact]
    public void What_the_pcap_writer_writes_is_read_back()
    {
        var random = new Random(1);
        var stream = new MemoryStream();
        var expected = new List<(long, int, int, string)>();
        using (var writer = new PcapWriter(stream, CaptureLinkType.RawIp))
        {
            for (int i = 0; i < 300; i++)
            {
                byte[] data = new byte[random.Next(0, 2000)];
                random.NextBytes(data);
                long time = random.NextInt64(0, uint.MaxValue * 1_000_000_000L);
                writer.Write(time, data);
                expected.Add((time, CaptureLinkType.RawIp, data.Length, Convert.ToHexString(data)));
            }
        }

        ReadCapture read = ReadCapture.From(stream.ToArray());

        Assert.Equal(expected, read.Packets);
        Assert.Null(read.Problem);
    }

    [Fact]
    public void What_the_pcapng_writer_writes_is_read_back()
    {
        var random = new Random(2);
        var stream = new MemoryStream();
        var expected = new List<(long, int, int, string)>();
        using (var writer = new PcapngWriter(stream))
        {
            int[] linkTypes = [CaptureLinkType.Ethernet, CaptureLinkType.RawIp, CaptureLinkType.Ethernet];
            int[] numbers = [writer.AddInterface("vpc1", linkTypes[0]), writer.AddInterface("a name", linkTypes[1]), writer.AddInterface("", linkTypes[2])];
            for (int i = 0; i < 300; i++)
            {
                byte[] data = new byte[random.Next(0, 2000)];
                random.NextBytes(data);
                int which = random.Next(3);
                long time = random.NextInt64();
                writer.Write(numbers[which], time, data);
                expected.Add((time, linkTypes[which], data.Length, Convert.ToHexString(data)));
            }
        }

        ReadCapture read = ReadCapture.From(stream.ToArray());

        Assert.Equal(expected, read.Packets);
        Assert.Null(read.Problem);
    }

    [Fact]
    public void A_pcap_without_packets_is_a_whole_capture()
    {
        var stream = new MemoryStream();
        new PcapWriter(stream, CaptureLinkType.Ethernet).Dispose();

        byte[] bytes = stream.ToArray();

        Assert.Equal("4D3CB2A1020004000000000000000000000004000" + "1000000", Convert.ToHexString(bytes));
        Assert.Null(ReadCapture.From(bytes).Problem);
    }

    [Fact]
    public void A_stamp_outside_of_the_formats_range_becomes_the_nearest_inside()
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, CaptureLinkType.Ethernet))
        {
            writer.Write(-1, [1]);
            writer.Write(long.MaxValue, [2]);
        }

        Assert.Equal([0L, uint.MaxValue * 1_000_000_000L + 999_999_999], ReadCapture.From(stream.ToArray()).Packets.Select(p => p.Time));
    }
}
