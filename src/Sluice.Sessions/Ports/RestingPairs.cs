using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>Pairs of a public endpoint and a remote endpoint that rest after their session: free to whoever had the pair, taken to others until the hold time is over (RFC 6888 REQ-8).</summary>
/// <remarks>
/// For endpoint-dependent mappings, where the port itself is free at once. Buckets of one cache line, five pairs each, told apart by 32 bits of a keyed hash:
/// one in four thousand million strangers finds a pair resting that does not. In a full bucket the rest that ends first ends now, and is counted.
/// </remarks>
internal sealed unsafe class RestingPairs : IDisposable
{
    private const int PairsPerBucket = 5;

    private readonly NativeArena arena = new();
    private readonly Bucket* buckets;
    private readonly uint count;
    private long cutShort;
    private bool used;

    public RestingPairs(int sessions)
    {
        count = Math.Max(64, (uint)sessions / 4);
        buckets = arena.Allocate<Bucket>(count);
    }

    /// <summary>Rests that ended early for want of room.</summary>
    public long CutShort => Volatile.Read(ref cutShort);

    /// <summary>Begins a rest.</summary>
    /// <param name="pair">The keyed hash of the reply flow.</param>
    /// <param name="owner">The keyed hash of the inside endpoint.</param>
    /// <param name="due">When it ends.</param>
    /// <param name="now">The clock.</param>
    public void Add(ulong pair, ulong owner, uint due, uint now)
    {
        if ((int)(due - now) <= 0) return;
        if (!used) Volatile.Write(ref used, true);
        Bucket* bucket = Enter(pair);
        Pair* pairs = (Pair*)&bucket->First, victim = pairs;
        for (int i = 0; i < PairsPerBucket; i++)
        {
            Pair* candidate = pairs + i;
            if (candidate->Tag == TagOf(pair) || candidate->Owner == 0)
            {
                victim = candidate;
                break;
            }

            if ((int)(candidate->Due - victim->Due) < 0) victim = candidate;
        }

        if (victim->Owner != 0 && victim->Tag != TagOf(pair) && (int)(victim->Due - now) > 0) Interlocked.Increment(ref cutShort);
        *victim = new Pair { Tag = TagOf(pair), Owner = TagOf(owner), Due = due };
        Leave(bucket);
    }

    /// <summary>Whether a pair rests for another than <paramref name="owner"/>, and until when.</summary>
    public bool IsKeptFrom(ulong pair, ulong owner, uint now, out uint due)
    {
        due = 0;
        if (!Volatile.Read(ref used)) return false;
        Bucket* bucket = BucketOf(pair);
        Pair* pairs = (Pair*)&bucket->First;
        bool any = false;
        for (int i = 0; i < PairsPerBucket; i++) any |= pairs[i].Tag == TagOf(pair);
        if (!any) return false;

        Enter(pair);
        bool kept = false;
        for (int i = 0; i < PairsPerBucket; i++)
        {
            if (pairs[i].Tag != TagOf(pair) || pairs[i].Owner == 0 || pairs[i].Owner == TagOf(owner) || (int)(pairs[i].Due - now) <= 0) continue;
            due = pairs[i].Due;
            kept = true;
        }

        Leave(bucket);
        return kept;
    }

    /// <summary>Calls for the bucket of a pair.</summary>
    public void Prefetch(ulong pair) => Prefetcher.Touch(BucketOf(pair));

    public void Dispose() => arena.Dispose();

    // Never 0, which marks an empty place.
    private static uint TagOf(ulong hash) => (uint)hash | 1;

    private Bucket* BucketOf(ulong pair) => buckets + (uint)(((pair >> 32) * count) >> 32);

    private Bucket* Enter(ulong pair)
    {
        Bucket* bucket = BucketOf(pair);
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref bucket->Gate, 1, 0) != 0) spin.SpinOnce(sleep1Threshold: -1);
        return bucket;
    }

    private static void Leave(Bucket* bucket) => Volatile.Write(ref bucket->Gate, 0);

    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Bucket
    {
        [FieldOffset(0)] public uint First;
        [FieldOffset(60)] public int Gate;
    }

    [StructLayout(LayoutKind.Sequential, Size = 12)]
    private struct Pair
    {
        public uint Tag;
        public uint Owner;
        public uint Due;
    }
}
