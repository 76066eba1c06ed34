using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Packets.Tests.Captures;

public class PcapReaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_microsecond_capture_is_read_in_both_byte_orders(bool bigEndian)
    {
        byte[] file = new CaptureBytes(bigEndian).PcapHeader(0xA1B2C3D4, 1).PcapPacket(1_700_000_000, 250_000, 3, 1, 2, 3).ToArray();

        ReadCapture read = ReadCapture.From(file);

        Assert.Equal([(1_700_000_000_250_000_000L, 1, 3, "010203")], read.Packets);
        Assert.Null(read.Problem);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_nanosecond_capture_keeps_every_digit(bool bigEndian)
    {
        byte[] file = new CaptureBytes(bigEndian).PcapHeader(0xA1B23C4D, 101).PcapPacket(uint.MaxValue, 999_999_999, 1, 7).ToArray();

        ReadCapture read = ReadCapture.From(file);

        Assert.Equal([(uint.MaxValue * 1_000_000_000L + 999_999_999, 101, 1, "07")], read.Packets);
    }

    [Fact]
    public void A_packet_cut_by_the_snap_length_is_given_with_its_captured_bytes()
    {
        ReadCapture read = ReadCapture.From(new CaptureBytes(false).PcapHeader(0xA1B2C3D4, 1).PcapPacket(1, 0, 1500, 1, 2, 3, 4).ToArray());

        Assert.Equal([(1_000_000_000L, 1, 1500, "01020304")], read.Packets);
        Assert.Null(read.Problem);
    }

    [Fact]
    public void The_link_type_is_the_lower_half_of_its_word()
    {
        ReadCapture read = ReadCapture.From(new CaptureBytes(false).PcapHeader(0xA1B2C3D4, 0x2400_0001).PcapPacket(1, 0, 1, 9).ToArray());

        Assert.Equal(1, Assert.Single(read.Packets).LinkType);
    }

    [Fact]
    public void An_empty_capture_has_no_packets_and_no_problem()
    {
        ReadCapture read = ReadCapture.From(new CaptureBytes(false).PcapHeader(0xA1B2C3D4, 1).ToArray());

        Assert.Empty(read.Packets);
        Assert.Null(read.Problem);
    }

    [Fact]
    public void A_capture_cut_short_anywhere_yields_the_packets_before_the_cut_and_says_so()
    {
        byte[] whole = new CaptureBytes(false).PcapHeader(0xA1B2C3D4, 1).PcapPacket(1, 0, 2, 1, 2).PcapPacket(2, 0, 2, 3, 4).ToArray();
        for (int length = 24; length <= whole.Length; length++)
        {
            ReadCapture read = ReadCapture.From(whole[..length]);

            int expected = length < 42 ? 0 : length < 60 ? 1 : 2;
            Assert.Equal(expected, read.Packets.Count);
            Assert.Equal(length is not (24 or 42 or 60), read.Problem is not null);
        }
    }

    [Fact]
    public void A_length_beyond_any_packet_ends_the_reading()
    {
        byte[] file = new CaptureBytes(false).PcapHeader(0xA1B2C3D4, 1).PcapPacket(1, 0, 1, 5).U32(0).U32(0).U32(uint.MaxValue).U32(1).ToArray();

        ReadCapture read = ReadCapture.From(file);

        Assert.Single(read.Packets);
        Assert.Contains("more than a capture may hold", read.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0A")]
    [InlineData("000102030405060708090A0B0C0D0E0F")]
    [InlineData("D4C3B2A1")]
    [InlineData("0A0D0D0A")]
    public void What_is_no_capture_is_refused_with_a_reason(string hex)
    {
        Assert.False(CaptureReader.TryOpen(new MemoryStream(Convert.FromHexString(hex)), out _, out string? problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_to_be_so()
    {
        Assert.False(CaptureReader.TryOpen(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()), out _, out string? problem));
        Assert.Equal("no such file", problem);
    }

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(101, true, true)]
    [InlineData(12, true, true)]
    [InlineData(14, true, true)]
    [InlineData(228, true, true)]
    [InlineData(229, true, true)]
    [InlineData(113, false, false)]
    public void Link_types_are_known_by_their_registered_numbers(int linkType, bool known, bool raw)
    {
        Assert.Equal(known, CaptureLinkType.IsKnown(linkType));
        Assert.Equal(raw, CaptureLinkType.IsRawIp(linkType));
    }
}
