using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sessions;

/// <summary>The flow table as its readers see it: where buckets and lines lie. A value, so that a pass keeps it in registers.</summary>
/// <remarks>
/// The pattern of a staged reader, 64 packets at a time: <see cref="Prepare"/> each packet; <see cref="Probe"/> each; then compare the key in the
/// line (<see cref="IFlowFamily{TKey,TLine}.Matches"/>) and the generation. Where either differs, or there is no candidate, ask
/// <see cref="FlowTable{TFamily,TKey,TLine,TProtocol}.ResolveSlow"/>.
/// </remarks>
public readonly unsafe struct FlowView<TFamily, TKey, TLine>
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>Buckets that an entry may lie behind its home; a walk takes at most so many steps.</summary>
    public const int ProbeLimit = 64;

    /// <summary>The buckets.</summary>
    public readonly FlowBucket* Buckets;

    /// <summary>All lines: original flows, reply flows, cached decisions.</summary>
    public readonly TLine* Lines;

    /// <summary>How many buckets; any number from <see cref="ProbeLimit"/> up.</summary>
    public readonly uint BucketCount;

    /// <summary>The hash's key.</summary>
    public readonly HashSecret Secret;

    internal FlowView(FlowBucket* buckets, uint bucketCount, TLine* lines, HashSecret secret)
    {
        Buckets = buckets;
        BucketCount = bucketCount;
        Lines = lines;
        Secret = secret;
    }

    /// <summary>The home bucket of a hash: its upper half scaled to the number of buckets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowBucket* Home(ulong hash) => Buckets + (uint)(((hash >> 32) * BucketCount) >> 32);

    /// <summary>The bucket after this one; the first follows the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowBucket* After(FlowBucket* bucket) => ++bucket == Buckets + BucketCount ? Buckets : bucket;

    /// <summary>The hash of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(in TKey key) => TFamily.Hash(in key, in Secret);

    /// <summary>Pass 1 for one packet whose key is set: hashes it and calls for its bucket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prepare(ref FlowWork<TKey> work)
    {
        ulong hash = TFamily.Hash(in work.Key, in Secret);
        work.Hash = hash;
        PrefetchLine(Home(hash));
    }

    /// <summary>Pass 2 for one packet: finds its candidate and calls for the line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Probe(ref FlowWork<TKey> work)
    {
        uint line = Candidate(work.Hash);
        work.Line = line;

        // The address of "no line" is never read; a prefetch of it is harmless and cheaper than a branch.
        Prefetch(line);
    }

    /// <summary>The first line on the way of <paramref name="hash"/> whose tag fits, or <see cref="FlowLines.None"/>. Takes no lock; only the key comparison tells.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Candidate(ulong hash)
    {
        FlowBucket* bucket = Home(hash);
        uint matches = FlowBucket.Match(bucket, FlowBucket.TagOf(hash));
        return matches != 0 ? Volatile.Read(ref bucket->Values[FlowBucket.SlotOf(matches)]) : CandidateElsewhere(bucket, hash);
    }

    /// <summary>Calls for the cache lines of a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint line)
    {
        byte* address = (byte*)(Lines + line);
        PrefetchLine(address);
        if (sizeof(TLine) > 64) PrefetchLine(address + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint CandidateElsewhere(FlowBucket* bucket, ulong hash) =>
        bucket->Overflow == 0 ? FlowLines.None : CandidateSlow(bucket, hash);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint CandidateSlow(FlowBucket* bucket, ulong hash)
    {
        ushort tag = FlowBucket.TagOf(hash);
        for (int step = 1; step < ProbeLimit && Volatile.Read(ref bucket->Overflow) != 0; step++)
        {
            bucket = After(bucket);
            uint matches = FlowBucket.Match(bucket, tag);
            if (matches != 0) return Volatile.Read(ref bucket->Values[FlowBucket.SlotOf(matches)]);
        }

        return FlowLines.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchLine(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
