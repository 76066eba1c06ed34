using System.Text;
using Sluice.Gateway.Replay;
using Sluice.Packets;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public class VerdictWriterTests
{
    [Fact]
    public void A_forwarded_packet_names_its_session_and_link() => Assert.Equal(
        """{"packet":1,"link":"vpc1","time":1700000000.001,"verdict":"forward","reason":null,"session":1,"out":"vpc2"}""" + "\n",
        Written(new PacketVerdict(1, "vpc1", 1_700_000_000_001_000_000, Verdict.Forward, DropReason.None, 1, "vpc2")));

    [Fact]
    public void A_dropped_packet_names_its_reason() => Assert.Equal(
        """{"packet":2,"link":"vpc1","time":0.5,"verdict":"drop","reason":"NotExposed","session":null,"out":null}""" + "\n",
        Written(new PacketVerdict(2, "vpc1", 500_000_000, Verdict.Drop, DropReason.NotExposed, null, null)));

    [Fact]
    public void A_consumed_packet_has_neither_reason_nor_link() => Assert.Equal(
        """{"packet":3,"link":"a \u0022name\u0022","time":7.0,"verdict":"consume","reason":null,"session":null,"out":null}""" + "\n",
        Written(new PacketVerdict(3, "a \"name\"", 7_000_000_000, Verdict.Consume, DropReason.None, null, null)));

    [Fact]
    public void Each_packet_has_a_line() => Assert.Equal(2, Written(
        new PacketVerdict(1, "a", 1, Verdict.Consume, DropReason.None, null, null),
        new PacketVerdict(2, "a", 1, Verdict.Consume, DropReason.None, null, null)).Count(c => c == '\n'));

    private static string Written(params ReadOnlySpan<PacketVerdict> packets)
    {
        var stream = new MemoryStream();
        using (var writer = new VerdictWriter(stream))
            foreach (ref readonly PacketVerdict packet in packets) writer.Write(packet);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
