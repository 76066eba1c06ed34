using Xunit;

namespace Sluice.Packets.Tests.Captures;

public class PcapngReaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_of_several_interfaces_have_their_own_link_type_and_clock(bool bigEndian)
    {
        byte[] file = new CaptureBytes(bigEndian).Section()
            .Interface(1).Interface(101, resolution: 9)
            .Enhanced(0, 1_700_000_000_250_000, 60, 1, 2, 3)
            .Enhanced(1, 1_700_000_000_250_000_001, 2, 4, 5).ToArray();

        ReadCapture read = ReadCapture.From(file);

        Assert.Equal([(1_700_000_000_250_000_000L, 1, 60, "010203"), (1_700_000_000_250_000_001L, 101, 2, "0405")], read.Packets);
        Assert.Null(read.Problem);
    }

    [Theory]
    [InlineData(3, 1_500L, 1_500_000_000L)]
    [InlineData(0, 7L, 7_000_000_000L)]
    [InlineData(12, 1_234_567L, 1_234L)]
    [InlineData(0x80 | 10, 1536L, 1_500_000_000L)]
    [InlineData(127, long.MaxValue, 0L)]
    [InlineData(0, long.MaxValue, long.MaxValue)]
    public void A_clock_of_any_resolution_becomes_nanoseconds(byte resolution, long stamp, long expected)
    {
        ReadCapture read = ReadCapture.From(new CaptureBytes(false).Section().Interface(1, resolution: resolution)
            .Enhanced(0, (ulong)stamp, 1, 1).ToArray());

        Assert.Equal(expected, Assert.Single(read.Packets).Time);
    }

    [Fact]
    public void Blocks_of_unknown_kinds_are_passed_over()
    {
        ReadCapture read = ReadCapture.From(new CaptureBytes(false).Section().Block(5, new byte[64]).Interface(1)
            .Block(0x0BAD, new byte[200_000]).Enhanced(0, 1, 1, 9).Block(4, []).ToArray());

        Assert.Equal([(1_000L, 1, 1, "09")], read.Packets);
        Assert.Null(read.Problem);
    }

    [Fact]
    public void A_simple_packet_is_cut_by_its_interface_and_takes_the_stamp_before_it()
    {
        ReadCapture read = ReadCapture.From(new CaptureBytes(false).Section().Interface(1, snapLength: 3)
            .Enhanced(0, 5, 1, 9).Simple(100, 1, 2, 3).Simple(2, 7, 8).ToArray());

        Assert.Equal([(5_000L, 1, 1, "09"), (5_000L, 1, 100, "010203"), (5_000L, 1, 2, "0708")], read.Packets);
    }

    [Fact]
    public void A_new_section_may_change_byte_order_and_forgets_the_interfaces()
    {
        byte[] first = new CaptureBytes(false).Section().Interface(1).Enhanced(0, 1, 1, 1).ToArray();
        byte[] second = new CaptureBytes(true).Section().Interface(101).Enhanced(0, 2, 1, 2).Enhanced(1, 3, 1, 3).ToArray();

        ReadCapture read = ReadCapture.From([.. first, .. second]);

        Assert.Equal([(1_000L, 1, 1, "01"), (2_000L, 101, 1, "02")], read.Packets);
        Assert.Contains("interface 1", read.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_cut_short_anywhere_yields_the_packets_before_the_cut()
    {
        byte[] head = new CaptureBytes(false).Section().Interface(1).ToArray();
        byte[] one = new CaptureBytes(false).Enhanced(0, 1, 2, 1, 2).ToArray();
        byte[] whole = [.. head, .. one, .. one];
        for (int length = head.Length; length <= whole.Length; length++)
        {
            ReadCapture read = ReadCapture.From(whole[..length]);

            Assert.Equal((length - head.Length) / one.Length, read.Packets.Count);
            Assert.Equal((length - head.Length) % one.Length != 0, read.Problem is not null);
        }
    }

    [Fact]
    public void A_block_whose_two_lengths_differ_ends_the_reading()
    {
        byte[] file = new CaptureBytes(false).Section().Interface(1).Enhanced(0, 1, 4, 1, 2, 3, 4).ToArray();
        file[^4]++;

        ReadCapture read = ReadCapture.From(file);

        Assert.Empty(read.Packets);
        Assert.Contains("lengths", read.Problem, StringComparison.Ordinal);
    }
}
