using System.Runtime.CompilerServices;
using Xunit;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>The lines and buckets are what the design's table says, byte for byte.</summary>
public sealed unsafe class FlowLayoutTests
{
    [Fact]
    public void A_flow_line_of_IPv4_is_one_cache_line_as_the_table_says()
    {
        FlowLine4 line = default;
        Assert.Equal(64, sizeof(FlowLine4));
        Assert.Equal(16, sizeof(FlowKey4));
        Assert.Equal(12, sizeof(FlowTuple4));
        Assert.Equal(0, Offset(ref line, ref line.Key));
        Assert.Equal(16, Offset(ref line, ref line.Write));
        Assert.Equal(28, Offset(ref line, ref line.State.RealmTo));
        Assert.Equal(30, Offset(ref line, ref line.State.Seen));
        Assert.Equal(31, Offset(ref line, ref line.State.Conduct));
        Assert.Equal(32, Offset(ref line, ref line.State.LastSeen));
        Assert.Equal(36, Offset(ref line, ref line.State.Generation));
        Assert.Equal(38, Offset(ref line, ref line.State.Timer));
        Assert.Equal(40, 28 + CountersOffset());
        Assert.Equal(52, Offset(ref line, ref line.State.Partner));
        Assert.Equal(56, Offset(ref line, ref line.State.NextHop));
        Assert.Equal(60, Offset(ref line, ref line.State.Acknowledged));
    }

    [Fact]
    public void A_flow_line_of_IPv6_is_two_cache_lines_with_key_and_counters_in_the_first()
    {
        FlowLine6 line = default;
        Assert.Equal(128, sizeof(FlowLine6));
        Assert.Equal(40, sizeof(FlowKey6));
        Assert.Equal(36, sizeof(FlowTuple6));
        Assert.Equal(0, Offset(ref line, ref line.Key));
        Assert.Equal(40, Offset(ref line, ref line.State));
        Assert.Equal(76, Offset(ref line, ref line.Write));
        Assert.True(40 + CountersOffset() + 12 <= 64);
    }

    [Fact]
    public void The_state_has_36_bytes_and_both_families_share_it() => Assert.Equal(36, sizeof(FlowState));

    [Fact]
    public void The_words_of_a_key_cover_its_fields()
    {
        FlowKey4 four = default;
        Assert.Equal(8, Offset(ref four, ref four.Rest));
        Assert.Equal(8, Offset(ref four, ref four.Ports));
        Assert.Equal(12, Offset(ref four, ref four.Realm));
        Assert.Equal(14, Offset(ref four, ref four.Protocol));
        Assert.Equal(15, Offset(ref four, ref four.Spare));
        FlowKey6 six = default;
        Assert.Equal(32, Offset(ref six, ref six.Rest));
        Assert.Equal(32, Offset(ref six, ref six.Ports));
        Assert.Equal(36, Offset(ref six, ref six.Realm));
        Assert.Equal(38, Offset(ref six, ref six.Protocol));
        Assert.Equal(39, Offset(ref six, ref six.Spare));
    }

    [Fact]
    public void A_bucket_is_one_cache_line_of_tags_then_indices()
    {
        FlowBucket bucket = default;
        Assert.Equal(64, sizeof(FlowBucket));
        Assert.Equal(0, Offset(ref bucket, ref bucket.Tags[0]));
        Assert.Equal(16, Offset(ref bucket, ref bucket.Values[0]));
        Assert.Equal(48, Offset(ref bucket, ref bucket.Overflow));
        Assert.Equal(52, Offset(ref bucket, ref bucket.Version));
    }

    [Fact]
    public void The_scratch_of_a_packet_stays_small()
    {
        Assert.Equal(32, sizeof(FlowWork<FlowKey4>));
        Assert.Equal(56, sizeof(FlowWork<FlowKey6>));
    }

    [Fact]
    public void The_two_lines_of_a_session_never_share_a_block_of_128_bytes()
    {
        using var epochs = new Epochs(1);
        using var table = new FlowTable<Flow4, FlowKey4, FlowLine4>(new FlowTableLimits(1, 0, 0), TestFlows.Secret, epochs);
        Assert.Equal(0u, (nuint)table.Original(0) % 128);
        for (uint session = 0; session < table.PairDistance; session++)
            Assert.NotEqual((nuint)table.Original(session) / 128, (nuint)table.Reply(session) / 128);
    }

    [Fact]
    public void Counters_carry_from_16_bits_of_packets_to_48_and_keep_bytes_apart()
    {
        FlowState state = default;
        for (int i = 0; i < 70_000; i++) state.Count(1500);
        Assert.Equal(70_000UL, state.Packets);
        Assert.Equal(70_000UL * 1500, state.Bytes);
        state.ClearCounts();
        Assert.Equal(0UL, state.Packets);
        Assert.Equal(0UL, state.Bytes);
    }

    // The counters are private: the first packet shows where they are.
    private static int CountersOffset()
    {
        FlowState state = default;
        state.Count(0x77);
        return new ReadOnlySpan<byte>(&state, sizeof(FlowState)).IndexOf((byte)0x77);
    }

    private static int Offset<TWhole, TPart>(ref TWhole whole, ref TPart part) =>
        (int)Unsafe.ByteOffset(ref Unsafe.As<TWhole, byte>(ref whole), ref Unsafe.As<TPart, byte>(ref part));
}
