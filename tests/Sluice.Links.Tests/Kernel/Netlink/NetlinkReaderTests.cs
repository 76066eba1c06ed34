using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Kernel.Netlink;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Netlink;

public class NetlinkReaderTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        byte[] buffer = new byte[128];
        var writer = new NetlinkWriter(buffer, NetlinkNumbers.RTM_NEWROUTE, NetlinkNumbers.NLM_F_REQUEST, 77);
        writer.Fixed(NetlinkNumbers.RouteHeaderLength)[4] = NetlinkNumbers.RT_TABLE_MAIN;
        writer.Attribute(NetlinkNumbers.RTA_OIF, 5);
        writer.Attribute(NetlinkNumbers.RTA_VIA, [10, 0, 0xFE, 0x80, 1]);
        writer.Attribute(NetlinkNumbers.RTA_PRIORITY, 9);

        int messages = 0;
        foreach (NetlinkMessage message in new NetlinkMessages(writer.Message))
        {
            messages++;
            Assert.Equal((NetlinkNumbers.RTM_NEWROUTE, NetlinkNumbers.NLM_F_REQUEST, 77u), (message.Type, message.Flags, message.Sequence));
            var seen = new List<string>();
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Body[NetlinkNumbers.RouteHeaderLength..]))
                seen.Add($"{attribute.Type}:{Convert.ToHexString(attribute.Value)}");
            Assert.Equal(["4:05000000", "18:0A00FE8001", "6:09000000"], seen);
        }

        Assert.Equal(1, messages);
        Assert.Equal(0, writer.Message.Length % 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(uint.MaxValue)]
    [InlineData(21)]
    public void A_message_whose_length_cannot_be_true_ends_the_walk(uint length)
    {
        byte[] buffer = new byte[20];
        BitConverter.TryWriteBytes(buffer, length);
        Assert.False(new NetlinkMessages(buffer).MoveNext());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(0xFFFF)]
    public void An_attribute_whose_length_cannot_be_true_ends_the_walk(ushort length)
    {
        byte[] buffer = new byte[8];
        BitConverter.TryWriteBytes(buffer, length);
        Assert.False(new NetlinkAttributes(buffer).MoveNext());
    }

    [Fact]
    public void Garbage_of_any_kind_is_read_without_an_exception()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var interfaces = new HashSet<int> { 0, 1, 2, 3 };
        int read = 0;
        for (int round = 0; round < 200_000; round++)
        {
            byte[] bytes = new byte[NetlinkWriter.HeaderLength + random.Next(96)];
            random.NextBytes(bytes);

            // Small numbers make lengths, families and types that lead further in.
            for (int i = NetlinkWriter.HeaderLength; i < bytes.Length; i++)
                if (random.Next(2) == 0) bytes[i] = (byte)random.Next(20);
            if (bytes.Length > 27) bytes[20] = NetlinkNumbers.RT_TABLE_MAIN;
            BitConverter.TryWriteBytes(bytes, bytes.Length);
            foreach (NetlinkMessage message in new NetlinkMessages(bytes))
            {
                if (RouteMessages.TryReadLink(message, out _)) read++;
                if (RouteMessages.TryReadAddress(message, out _, out _, out _)) read++;
                if (RouteMessages.TryReadNeighbor(message, out _, out _, out _)) read++;
                if (RouteReader.TryRead(message, interfaces, out _)) read++;
                _ = RouteMessages.IsPermanentNeighbor(message);
                _ = message.Error;
            }
        }

        Assert.True(read > 0, $"seed {Seed} never got past the checks");
    }
}
