using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>The ports of one public address and one protocol: a bit each, set by compare-and-swap, so that a port has one owner whatever worker asks.</summary>
/// <remarks>
/// <para><see cref="FullBlocks"/> only makes scans short. A scan that finds a block of 512 full marks it and then looks again; a release clears its bit
/// and then the mark. Whatever the order, a block with a free port never stays marked, so a scan over marks and bits is authoritative.</para>
/// <para>A shared port (endpoint-dependent mapping) has its bit set while its count is above 0; a set bit with a count of 0 belongs to one
/// mapping, or to a claim, and is never shared.</para>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct PortSpace
{
    /// <summary>Words of 64 ports.</summary>
    public const int Words = 1024;

    private const int BlockShift = 9;
    private const int Blocks = 128;
    private const int WordsPerBlock = 8;

    /// <summary>One bit a port; null until the first port is taken.</summary>
    public ulong* Bits;

    /// <summary>One byte a block of 512: not 0 if it was found full.</summary>
    public byte* FullBlocks;

    /// <summary>One bit a port that somebody outside the pools has claimed, then as many that say whether the claim has the port already; null if none ever was.</summary>
    public ulong* Claimed;

    /// <summary>A copy of the bits for another reader, or null.</summary>
    public ulong* Mirror;

    /// <summary>Sessions that share a port; null until a port is shared.</summary>
    public ushort* Shares;

    /// <summary>Whether the port is taken.</summary>
    public readonly bool IsTaken(uint port) => Bits != null && (Volatile.Read(ref Bits[port >> 6]) >> (int)(port & 63) & 1) != 0;

    /// <summary>Whether the port is claimed.</summary>
    public readonly bool IsClaimed(uint port) => Claimed != null && (Volatile.Read(ref Claimed[port >> 6]) >> (int)(port & 63) & 1) != 0;

    /// <summary>Sessions that share the port; 0 if it is free or one owner's.</summary>
    public readonly int SharesOf(uint port) => Shares == null ? 0 : Volatile.Read(ref Shares[port]);

    /// <summary>A free port at or after <paramref name="start"/> among the same 64, or the start if there is none.</summary>
    public readonly uint NextFree(uint start)
    {
        if (Bits == null) return start;
        ulong free = ~Volatile.Read(ref Bits[start >> 6]) >> (int)(start & 63);
        return free == 0 ? start : start + (uint)BitOperations.TrailingZeroCount(free);
    }

    /// <summary>Takes a port if it is free.</summary>
    public readonly bool TryTake(uint port)
    {
        ulong bit = 1UL << (int)(port & 63);
        ref ulong word = ref Bits[port >> 6];
        if ((Volatile.Read(ref word) & bit) != 0 || (Interlocked.Or(ref word, bit) & bit) != 0) return false;
        if (Mirror != null) Interlocked.Or(ref Mirror[port >> 6], bit);
        return true;
    }

    /// <summary>Gives a port back; a claim that waits for it takes it over.</summary>
    public readonly void Release(uint port)
    {
        if (!IsClaimed(port))
        {
            Clear(port);
            if (!IsClaimed(port) || !TryTake(port)) return;
        }

        // The claim has the bit now, unless it was given up just then.
        ulong bit = 1UL << (int)(port & 63);
        ref ulong owned = ref Claimed[Words + (port >> 6)];
        Interlocked.Or(ref owned, bit);
        if (!IsClaimed(port) && (Interlocked.And(ref owned, ~bit) & bit) != 0) Clear(port);
    }

    /// <summary>Claims a port; false if an owner has it, which hands it over when it is done.</summary>
    public readonly bool Claim(uint port)
    {
        ulong bit = 1UL << (int)(port & 63);
        Interlocked.Or(ref Claimed[port >> 6], bit);
        if (!TryTake(port)) return false;
        Interlocked.Or(ref Claimed[Words + (port >> 6)], bit);
        return true;
    }

    /// <summary>Ends a claim.</summary>
    public readonly void Unclaim(uint port)
    {
        ulong bit = 1UL << (int)(port & 63);
        Interlocked.And(ref Claimed[port >> 6], ~bit);
        if ((Interlocked.And(ref Claimed[Words + (port >> 6)], ~bit) & bit) != 0) Clear(port);
    }

    /// <summary>Takes the first free port from <paramref name="start"/> on, round the range; -1 only if none is free.</summary>
    public readonly int TakeFrom(uint start, uint first, uint last)
    {
        int port = Scan(start, last);
        return port >= 0 || start == first ? port : Scan(first, start - 1);
    }

    /// <summary>Takes a share of a port that is free or shared already.</summary>
    public readonly bool TryShare(uint port)
    {
        ref ushort count = ref Shares[port];
        while (true)
        {
            ushort seen = Volatile.Read(ref count);
            if (seen == ushort.MaxValue) return false;
            if (seen == 0)
            {
                if (!TryTake(port)) return false;
                Volatile.Write(ref count, 1);
                return true;
            }

            if (Interlocked.CompareExchange(ref count, (ushort)(seen + 1), seen) == seen) return true;
        }
    }

    /// <summary>Gives a share back; with the last one the port is free.</summary>
    public readonly void Unshare(uint port)
    {
        ref ushort count = ref Shares[port];
        while (true)
        {
            ushort seen = Volatile.Read(ref count);
            if (Interlocked.CompareExchange(ref count, (ushort)(seen - 1), seen) != seen) continue;
            if (seen == 1) Release(port);
            return;
        }
    }

    /// <summary>Taken ports of a range, and how many of them are claimed.</summary>
    public readonly int CountTaken(uint first, uint last, out int claimed)
    {
        claimed = 0;
        int taken = 0;
        for (uint word = first >> 6; Bits != null && word <= last >> 6; word++)
        {
            ulong mask = MaskOf(word, first, last);
            taken += BitOperations.PopCount(Volatile.Read(ref Bits[word]) & mask);
            if (Claimed != null) claimed += BitOperations.PopCount(Volatile.Read(ref Claimed[word]) & mask);
        }

        return taken;
    }

    private readonly int Scan(uint from, uint to)
    {
        for (uint block = from >> BlockShift; block <= to >> BlockShift; block++)
        {
            if (Volatile.Read(ref FullBlocks[block]) != 0) continue;
            int port = ScanBlock(block, from, to);
            if (port >= 0) return port;
            MarkIfFull(block);
        }

        return -1;
    }

    private readonly int ScanBlock(uint block, uint from, uint to)
    {
        uint end = Math.Min((block + 1) * WordsPerBlock, (to >> 6) + 1);
        for (uint word = Math.Max(block * WordsPerBlock, from >> 6); word < end; word++)
        {
            ulong mask = MaskOf(word, from, to);
            ulong free;
            while ((free = ~Volatile.Read(ref Bits[word]) & mask) != 0)
            {
                uint port = (word << 6) + (uint)BitOperations.TrailingZeroCount(free);
                if (TryTake(port)) return (int)port;
            }
        }

        return -1;
    }

    private readonly void MarkIfFull(uint block)
    {
        Volatile.Write(ref FullBlocks[block], 1);
        Interlocked.MemoryBarrier();
        ulong all = ulong.MaxValue;
        for (uint word = block * WordsPerBlock; word < (block + 1) * WordsPerBlock; word++) all &= Volatile.Read(ref Bits[word]);
        if (all != ulong.MaxValue) Volatile.Write(ref FullBlocks[block], 0);
    }

    private readonly void Clear(uint port)
    {
        ulong bit = 1UL << (int)(port & 63);
        if (Mirror != null) Interlocked.And(ref Mirror[port >> 6], ~bit);
        Interlocked.And(ref Bits[port >> 6], ~bit);
        if (Volatile.Read(ref FullBlocks[port >> BlockShift]) != 0) Volatile.Write(ref FullBlocks[port >> BlockShift], 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MaskOf(uint word, uint first, uint last)
    {
        ulong mask = ulong.MaxValue;
        if (word == first >> 6) mask &= ulong.MaxValue << (int)(first & 63);
        if (word == last >> 6) mask &= ulong.MaxValue >> (int)(63 - (last & 63));
        return word < first >> 6 || word > last >> 6 ? 0 : mask;
    }

    /// <summary>Bytes of bits and marks.</summary>
    public const int BitBytes = (Words * sizeof(ulong)) + Blocks;

    /// <summary>Bytes of share counts, if all of them are touched.</summary>
    public const int ShareBytes = 65_536 * sizeof(ushort);
}
