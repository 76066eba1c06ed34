using Xunit;

namespace Sluice.Packets.Tests.Captures;

public class CaptureFuzzTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_captures_give_packets_and_an_end_but_never_an_exception(bool bigEndian)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        byte[][] whole =
        [
            new CaptureBytes(bigEndian).PcapHeader(0xA1B23C4D, 1).PcapPacket(1, 2, 3, 1, 2, 3).PcapPacket(4, 5, 6, 1, 2, 3, 4, 5, 6).ToArray(),
            new CaptureBytes(bigEndian).Section().Interface(1, 0, 9).Interface(101, 64, 0x86).Enhanced(0, 77, 4, 1, 2, 3, 4)
                .Block(2, new byte[24]).Simple(3, 1, 2, 3).Enhanced(1, 99, 2, 1, 2).Section().Interface(1).Simple(1, 1).ToArray(),
        ];

        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = (byte[])whole[i % whole.Length].Clone();
            for (int flips = random.Next(1, 6); flips > 0; flips--)
            {
                // Offsets past the magic mostly, so that the damage reaches the inner parsers.
                int at = random.Next(random.Next(8) == 0 ? 0 : 4, bytes.Length);
                bytes[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            ReadCapture capture = ReadCapture.From(bytes[..random.Next(bytes.Length + 1)]);
            Assert.True(capture.Packets.Count <= 16);
            Assert.All(capture.Packets, p => Assert.True(p.Time >= 0 && p.Original >= p.Data.Length / 2));
            read += capture.Packets.Count;
        }

        Assert.True(read > 0);
    }
}
