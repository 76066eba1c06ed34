using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Checksums;

public sealed unsafe class SctpChecksumTests
{
    private const uint NewPorts = 0x5000_3930;

    /// <summary>Packets whose transport begins at 20 bytes, of many lengths.</summary>
    private static byte[] PacketOf(int payload, bool bad = false)
    {
        PacketBuilder packet = PacketBuilder.Ip("10.0.0.5", "30.0.0.2").Sctp(5000, 80, SctpChunk.Data, tag: 0x1234_5678).Payload(payload);
        return (bad ? packet.WithBadChecksum() : packet).Build();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1440)]
    [InlineData(60_000)]
    public void New_ports_leave_a_right_checksum_right(int payload)
    {
        byte[] bytes = PacketOf(payload);
        fixed (byte* data = bytes)
        {
            Assert.Equal(((SctpHeader*)(data + 20))->Checksum, SctpChecksum.Compute(data + 20, bytes.Length - 20));
            SctpChecksum.SetPorts(data + 20, bytes.Length - 20, NewPorts);
            var sctp = (SctpHeader*)(data + 20);
            Assert.Equal(NewPorts, sctp->Ports);
            Assert.Equal(SctpChecksum.Compute(data + 20, bytes.Length - 20), sctp->Checksum);
        }
    }

    [Fact]
    public void A_wrong_checksum_stays_wrong_by_the_same_difference()
    {
        byte[] good = PacketOf(50), bad = PacketOf(50, bad: true);
        fixed (byte* right = good, wrong = bad)
        {
            uint before = ((SctpHeader*)(right + 20))->Checksum ^ ((SctpHeader*)(wrong + 20))->Checksum;
            SctpChecksum.SetPorts(right + 20, good.Length - 20, NewPorts);
            SctpChecksum.SetPorts(wrong + 20, bad.Length - 20, NewPorts);
            Assert.NotEqual(0u, before);
            Assert.Equal(before, ((SctpHeader*)(right + 20))->Checksum ^ ((SctpHeader*)(wrong + 20))->Checksum);
        }
    }

    [Fact]
    public void Damage_on_the_way_is_still_seen_behind_new_ports()
    {
        byte[] bytes = PacketOf(50);
        bytes[60] ^= 1;
        fixed (byte* data = bytes)
        {
            SctpChecksum.SetPorts(data + 20, bytes.Length - 20, NewPorts);
            Assert.NotEqual(SctpChecksum.Compute(data + 20, bytes.Length - 20), ((SctpHeader*)(data + 20))->Checksum);
        }
    }

    [Fact]
    public void No_checksum_stays_none()
    {
        byte[] bytes = PacketBuilder.Ip("10.0.0.5", "30.0.0.2").Sctp(5000, 80).Payload(50).WithChecksum(0).Build();
        fixed (byte* data = bytes)
        {
            SctpChecksum.SetPorts(data + 20, bytes.Length - 20, NewPorts);
            Assert.Equal(0u, ((SctpHeader*)(data + 20))->Checksum);
        }
    }

    [Fact]
    public void A_checksum_that_is_zero_by_chance_follows_the_ports()
    {
        byte[] bytes = PacketOf(8);
        fixed (byte* data = bytes)
        {
            // What has the CRC's own difference appended has the CRC of that many zeroes: the last word is chosen so that the whole comes to 0.
            uint* last = (uint*)(data + bytes.Length - 4);
            *last = 0;
            *last = Inverse(SctpChecksum.Compute(data + 20, bytes.Length - 20));
            SctpChecksum.Write(data + 20, bytes.Length - 20);
            Assert.Equal(0u, ((SctpHeader*)(data + 20))->Checksum);

            SctpChecksum.SetPorts(data + 20, bytes.Length - 20, NewPorts);
            Assert.NotEqual(0u, ((SctpHeader*)(data + 20))->Checksum);
            Assert.Equal(SctpChecksum.Compute(data + 20, bytes.Length - 20), ((SctpHeader*)(data + 20))->Checksum);
        }
    }

    [Fact]
    public void A_quotation_of_the_first_twelve_bytes_is_kept_right()
    {
        byte[] bytes = PacketOf(200), quoted = bytes[..32];
        int length = bytes.Length - 20;
        fixed (byte* whole = bytes, part = quoted)
        {
            SctpChecksum.SetPorts(whole + 20, length, NewPorts);
            SctpChecksum.SetQuotedPorts(part + 20, availableBytes: 12, length, NewPorts);
        }

        Assert.Equal(bytes[..32], quoted);
    }

    [Theory]
    [InlineData(8, 300)]
    [InlineData(12, 11)]
    [InlineData(12, -7)]
    [InlineData(12, 70_000)]
    public void A_quotation_without_checksum_or_with_an_absurd_length_gets_its_ports_alone(int available, int length)
    {
        byte[] quoted = [.. PacketOf(200)[20..32]];
        fixed (byte* part = quoted) SctpChecksum.SetQuotedPorts(part, available, length, NewPorts);
        Assert.Equal("30390050", Convert.ToHexString(quoted, 0, 4));
        Assert.Equal(PacketOf(200)[24..32], quoted[4..]);
    }

    // The word that gives a difference: bit by bit, since Difference is linear.
    private static uint Inverse(uint wanted)
    {
        var rows = new List<(uint Image, uint Word)>();
        for (int bit = 0; bit < 32; bit++)
        {
            (uint image, uint word) = (Crc32c.Difference(1u << bit, 0), 1u << bit);
            foreach ((uint otherImage, uint otherWord) in rows)
                if ((image ^ otherImage) < image) (image, word) = (image ^ otherImage, word ^ otherWord);
            rows.Add((image, word));
            rows.Sort(static (one, other) => other.Image.CompareTo(one.Image));
        }

        uint found = 0;
        foreach ((uint image, uint word) in rows)
            if ((wanted ^ image) < wanted) (wanted, found) = (wanted ^ image, found ^ word);
        return found;
    }
}
