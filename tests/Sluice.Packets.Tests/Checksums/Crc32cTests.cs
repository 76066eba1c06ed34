using System.Text;
using Xunit;

namespace Sluice.Packets.Tests.Checksums;

public sealed unsafe class Crc32cTests
{
    /// <summary>Bytes and their CRC as it stands on the wire (RFC 3720 appendix B.4), and the usual check value.</summary>
    public static TheoryData<string, byte[], string> Vectors => new()
    {
        { "zeroes", new byte[32], "AA36918A" },
        { "ones", [.. Enumerable.Repeat((byte)0xFF, 32)], "43ABA862" },
        { "rising", [.. Enumerable.Range(0, 32).Select(i => (byte)i)], "4E79DD46" },
        { "falling", [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], "5CDB3F11" },
        { "an iSCSI read", Convert.FromHexString("01C00000000000000000000000000000140000000000040000000014000000182800000000000000" + "0200000000000000"), "563A96D9" },
        { "the check value", Encoding.ASCII.GetBytes("123456789"), "839206E3" },
        { "nothing", [], "00000000" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_is_what_the_RFC_says(string name, byte[] bytes, string wire)
    {
        fixed (byte* data = bytes)
        {
            Assert.True(wire == Convert.ToHexString(BitConverter.GetBytes(Crc32c.Of(bytes))), name);
            Assert.True(wire == Convert.ToHexString(BitConverter.GetBytes(~Crc32c.AppendByTable(uint.MaxValue, data, bytes.Length))), name);
        }
    }

    [Fact]
    public void The_table_and_the_instruction_agree_for_every_length_and_alignment()
    {
        Random random = Seeds.New();
        byte[] bytes = new byte[300];
        random.NextBytes(bytes);
        fixed (byte* data = bytes)
        {
            for (int start = 0; start < 8; start++)
                for (int length = 0; length < 290; length++)
                    Assert.Equal(Crc32c.AppendByTable(7, data + start, length), Crc32c.Append(7, data + start, length));
        }
    }

    [Fact]
    public void The_difference_of_a_word_is_what_the_two_messages_CRCs_differ_by()
    {
        Random random = Seeds.New();
        foreach (int behind in (int[])[0, 1, 3, 8, 12, 255, 256, 257, 1496, 9000, 65_531, 65_535, .. Enumerable.Range(0, 200).Select(_ => random.Next(65_536))])
        {
            byte[] message = new byte[random.Next(9) + 4 + behind];
            random.NextBytes(message);
            int at = message.Length - behind - 4;
            uint before = Crc32c.Of(message), change = (uint)random.NextInt64();
            byte[] changed = [.. message];
            BitConverter.TryWriteBytes(changed.AsSpan(at), BitConverter.ToUInt32(message, at) ^ change);
            Assert.Equal(Crc32c.Of(changed), before ^ Crc32c.Difference(change, behind));
            Assert.Equal(Crc32c.Of(changed), before ^ Crc32c.DifferenceByTable(change, behind));
        }
    }
}
