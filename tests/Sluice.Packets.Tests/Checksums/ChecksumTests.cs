using System.Runtime.InteropServices;
using Xunit;

namespace Sluice.Packets.Tests.Checksums;

public sealed unsafe class ChecksumTests
{
    /// <summary>The definition, word by word (RFC 1071 section 1).</summary>
    private static ushort Naive(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (int i = 0; i < data.Length; i++) sum += (uint)data[i] << (i % 2 == 0 ? 8 : 0);
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        ushort value = (ushort)~sum;
        return (ushort)(value << 8 | value >> 8);
    }

    [Fact]
    public void The_example_of_RFC_1071_sums_to_DDF2()
    {
        byte[] data = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        Assert.Equal(0xF2DD, Checksum.Fold(Checksum.Sum(data)));
    }

    [Fact]
    public void The_sum_agrees_with_the_definition_for_every_length_and_alignment()
    {
        Random random = Seeds.New();
        byte[] data = new byte[1100];
        random.NextBytes(data);
        for (int start = 0; start < 8; start++)
        {
            for (int length = 0; length < 1024; length++)
            {
                ReadOnlySpan<byte> piece = data.AsSpan(start, length);
                Assert.Equal(Naive(piece), Checksum.Of(piece));
            }
        }
    }

    [Fact]
    public void The_sum_of_a_super_frame_of_ones_does_not_overflow()
    {
        byte[] data = new byte[262_144];
        Array.Fill(data, (byte)0xFF);
        Assert.Equal(0, Checksum.Of(data));
        Assert.Equal(Naive(data.AsSpan(0, 65_535)), Checksum.Of(data.AsSpan(0, 65_535)));
    }

    [Theory]
    [InlineData(0ul, 0)]
    [InlineData(0xFFFFul, 0xFFFF)]
    [InlineData(0x1_0000ul, 1)]
    [InlineData(0xFFFF_FFFFul, 0xFFFF)]
    [InlineData(0x1_0000_0000ul, 1)]
    [InlineData(ulong.MaxValue, 0xFFFF)]
    [InlineData(0x1_FFFF_FFFEul, 0xFFFF)]
    public void Folding_keeps_the_remainder_and_only_zero_gives_zero(ulong sum, int folded) => Assert.Equal(folded, Checksum.Fold(sum));

    /// <summary>
    /// RFC 1624 section 3 is about the words for which an update and a recomputation could differ. All pairs of an old value
    /// and a handful of delicate new ones are tried, beside a rest that makes every sum possible.
    /// </summary>
    [Fact]
    public void Updating_any_word_gives_what_recomputing_gives()
    {
        ushort[] replacements = [0, 1, 0x00FF, 0x0100, 0x5555, 0x7FFF, 0x8000, 0xFEFF, 0xFFFE, 0xFFFF];
        Span<ushort> words = stackalloc ushort[2];
        foreach (ushort rest in (ReadOnlySpan<ushort>)[1, 0x5555, 0xFFFE, 0xFFFF])
        {
            for (int old = 0; old <= 0xFFFF; old++)
            {
                words[0] = (ushort)old;
                words[1] = rest;
                ushort field = Checksum.Of(MemoryMarshal.AsBytes(words));
                foreach (ushort replacement in replacements)
                {
                    words[0] = replacement;
                    ushort recomputed = Checksum.Of(MemoryMarshal.AsBytes(words));
                    Assert.Equal(recomputed, Checksum.Apply(field, Checksum.Delta((ushort)old, replacement)));
                }
            }
        }
    }

    [Fact]
    public void Updating_to_any_word_gives_what_recomputing_gives()
    {
        Span<ushort> words = stackalloc ushort[2];
        foreach (ushort old in (ReadOnlySpan<ushort>)[0, 1, 0x5555, 0xFFFE, 0xFFFF])
        {
            for (int replacement = 0; replacement <= 0xFFFF; replacement++)
            {
                words[0] = old;
                words[1] = 0x1234;
                ushort field = Checksum.Of(MemoryMarshal.AsBytes(words));
                words[0] = (ushort)replacement;
                ushort recomputed = Checksum.Of(MemoryMarshal.AsBytes(words));
                Assert.Equal(recomputed, Checksum.Apply(field, Checksum.Delta(old, (ushort)replacement)));
            }
        }
    }

    /// <summary>The example with which RFC 1624 section 4 shows that RFC 1141's equation is wrong: HC 0xDD2F, m 0x5555, m' 0x3285.</summary>
    [Fact]
    public void The_example_of_RFC_1624_gives_zero_not_minus_zero() =>
        Assert.Equal(0x0000, Checksum.Apply(0xDD2F, Checksum.Delta(0x5555, 0x3285)));

    [Fact]
    public void Updating_many_words_at_once_gives_what_recomputing_gives()
    {
        Random random = Seeds.New();
        Span<byte> data = stackalloc byte[40];
        for (int round = 0; round < 100_000; round++)
        {
            random.NextBytes(data);
            ushort field = Checksum.Of(data);
            ulong delta = 0;
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(5) * 8;
                Span<byte> piece = data.Slice(at, 8);
                ulong old = MemoryMarshal.Read<ulong>(piece);
                ulong replacement = random.Next(4) == 0 ? ulong.MaxValue * (ulong)random.Next(2) : (ulong)random.NextInt64();
                MemoryMarshal.Write(piece, replacement);
                delta += Checksum.Delta(old, replacement);
            }

            if (data.IndexOfAnyExcept((byte)0) < 0) continue;
            Assert.Equal(Checksum.Of(data), Checksum.Apply(field, delta));
        }
    }

    [Fact]
    public void Udp_without_a_checksum_stays_without_one()
    {
        for (uint replacement = 0; replacement <= 0xFFFF; replacement++) Assert.Equal(0, Checksum.ApplyUdp(0, Checksum.Delta(0x1234u, replacement)));
    }

    [Fact]
    public void Udp_with_a_checksum_never_ends_up_without_one()
    {
        for (int field = 1; field <= 0xFFFF; field++)
        {
            // This difference takes the field to zero exactly.
            ushort updated = Checksum.ApplyUdp((ushort)field, (ushort)field);
            Assert.Equal(0xFFFF, updated);
            Assert.Equal(Checksum.OrAllOnes(Checksum.Apply((ushort)field, 0x1234)), Checksum.ApplyUdp((ushort)field, 0x1234));
        }
    }

    [Fact]
    public void All_ones_stand_for_zero_and_nothing_else_changes()
    {
        Assert.Equal(0xFFFF, Checksum.OrAllOnes(0));
        for (int field = 1; field <= 0xFFFF; field++) Assert.Equal(field, Checksum.OrAllOnes((ushort)field));
    }

    [Fact]
    public void A_partial_checksum_follows_the_addresses()
    {
        Random random = Seeds.New();
        for (int round = 0; round < 10_000; round++)
        {
            ulong old = (ulong)random.NextInt64();
            ulong replacement = (ulong)random.NextInt64();
            ushort field = Checksum.Fold(Checksum.PseudoHeader4(old, IpProtocol.Tcp, 1234));
            ushort updated = Checksum.ApplyPartial(field, Checksum.Delta(old, replacement));
            Assert.Equal(Checksum.Fold(Checksum.PseudoHeader4(replacement, IpProtocol.Tcp, 1234)), updated);
        }
    }

    [Fact]
    public void Pseudo_headers_sum_like_their_bytes()
    {
        byte[] addresses = [10, 1, 2, 3, 198, 51, 100, 7];
        byte[] pseudo4 = [.. addresses, 0, 17, 0x12, 0x34];
        Assert.Equal(Checksum.Fold(Checksum.Sum(pseudo4)), Checksum.Fold(Checksum.PseudoHeader4(MemoryMarshal.Read<ulong>(addresses), 17, 0x1234)));

        byte[] addresses6 = new byte[32];
        Seeds.New().NextBytes(addresses6);
        byte[] pseudo6 = [.. addresses6, 0, 2, 0x12, 0x34, 0, 0, 0, 58];
        fixed (byte* first = addresses6)
            Assert.Equal(Checksum.Fold(Checksum.Sum(pseudo6)), Checksum.Fold(Checksum.PseudoHeader6(first, 58, 0x21234)));
    }
}
