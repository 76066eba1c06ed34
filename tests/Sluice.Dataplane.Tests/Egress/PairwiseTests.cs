using Sluice.Dataplane.Egress;
using Sluice.Links.Memory;
using Sluice.Links.Tests.Live;
using Xunit;

namespace Sluice.Dataplane.Tests.Egress;

/// <summary>Every driver feeds every other: a super-frame goes in at one far end, and the right bytes come out at the other.</summary>
public sealed class PairwiseTests
{
    private const int Segment = 1200;
    private const int Payload = 40 * Segment + 77;

    private static readonly string[] Drivers = ["afpacket", "tun", "memory"];

    public static TheoryData<string, string, bool, byte> Pairs
    {
        get
        {
            TheoryData<string, string, bool, byte> pairs = [];
            foreach (string from in Drivers)
                foreach (string to in Drivers)
                    foreach (bool ipv6 in new[] { false, true })
                        foreach (byte protocol in new[] { Bytes.Tcp, Bytes.Udp }) pairs.Add(from, to, ipv6, protocol);
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_super_frame_arrives_as_itself_or_as_right_pieces(string from, string to, bool ipv6, byte protocol)
    {
        NeedsRoot(from, to);
        using Wire near = Wire.Open(from);
        using Wire far = Wire.Open(to);
        int start = ipv6 ? 40 : 20;
        int header = start + (protocol == Bytes.Tcp ? 20 : 8);
        byte gsoType = protocol == Bytes.Udp ? (byte)5 : ipv6 ? (byte)4 : (byte)1;
        byte[] sent = Bytes.Packet(ipv6, protocol, 5000, Payload, partial: true);
        FrameOffload offload = new(gsoType, Segment, (ushort)header, PartialChecksum: true, (ushort)start, (ushort)(protocol == Bytes.Tcp ? 16 : 6));
        near.SendFromFar(sent, offload);
        EgressCounts counts = Carrier.Carry(near, far);
        Assert.Equal(counts.Made + 1, counts.Out + counts.LinkFull);
        Assert.Equal(0, counts.LinkFull);

        List<(byte[] Packet, FrameOffload Offload)> received = far.ReceiveAtFar(all => all.Sum(p => p.Packet.Length - header) >= Payload);
        if (to == "memory")
        {
            Assert.Equal(41, received.Count);
            Assert.Equal(40, counts.Made);
            Pieces.AreRight(sent, header, Segment, [.. received.Select(r => r.Packet)]);
            Assert.All(received, r => Assert.Equal(default, r.Offload));
        }
        else
        {
            (byte[] packet, FrameOffload whole) = Assert.Single(received);
            Assert.Equal(sent, packet);
            Assert.Equal(gsoType, whole.GsoType);
            Assert.Equal(Segment, whole.GsoSize);
            Assert.True(whole.PartialChecksum);
            Assert.Equal(start, whole.ChecksumStart);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_partial_checksum_stays_partial_or_comes_out_right(string from, string to, bool ipv6, byte protocol)
    {
        NeedsRoot(from, to);
        using Wire near = Wire.Open(from);
        using Wire far = Wire.Open(to);
        int start = ipv6 ? 40 : 20;
        byte[] sent = Bytes.Packet(ipv6, protocol, 5000, 333, partial: true);
        near.SendFromFar(sent, new FrameOffload(PartialChecksum: true, ChecksumStart: (ushort)start, ChecksumOffset: (ushort)(protocol == Bytes.Tcp ? 16 : 6)));
        EgressCounts counts = Carrier.Carry(near, far);
        Assert.Equal(1, counts.Out);
        (byte[] packet, FrameOffload offload) = Assert.Single(far.ReceiveAtFar(all => all.Count == 1));
        if (offload.PartialChecksum) Assert.Equal(sent, packet);
        else Assert.Equal(Bytes.Packet(ipv6, protocol, 5000, 333, partial: false), packet);
        Assert.Equal(to != "memory", offload.PartialChecksum);
    }

    private static void NeedsRoot(string from, string to)
    {
        if (from != "memory" || to != "memory") Root.Required();
    }
}
