using System.Runtime.InteropServices;

namespace Sluice.Dataplane.Records;

/// <summary>Token buckets by the number of a rule: one record a second, <see cref="Burst"/> at once. Belongs to one worker.</summary>
internal sealed unsafe class RecordLimit : IDisposable
{
    /// <summary>Buckets; rules whose numbers are so far apart share one.</summary>
    public const int Buckets = 1024;

    /// <summary>Records at once after a silence.</summary>
    public const int Burst = 5;

    private const uint MillisecondsPerToken = 1000;

    private readonly Bucket* buckets;

    public RecordLimit()
    {
        buckets = (Bucket*)NativeMemory.AllocZeroed(Buckets, (nuint)sizeof(Bucket));
        for (int i = 0; i < Buckets; i++) buckets[i].Tokens = Burst;
    }

    /// <summary>Takes a token for a rule if there is one.</summary>
    /// <param name="rule">The rule's number.</param>
    /// <param name="now">The coarse clock.</param>
    /// <param name="passedOver">How many went without since the last one that got one.</param>
    public bool TryTake(uint rule, uint now, out uint passedOver)
    {
        Bucket* bucket = buckets + (rule & (Buckets - 1));
        uint gained = (now - bucket->FilledAt) / MillisecondsPerToken;
        if (gained != 0)
        {
            bucket->Tokens = Math.Min(Burst, bucket->Tokens + Math.Min(gained, Burst));
            bucket->FilledAt = bucket->Tokens == Burst ? now : bucket->FilledAt + (gained * MillisecondsPerToken);
        }

        passedOver = bucket->PassedOver;
        if (bucket->Tokens == 0)
        {
            bucket->PassedOver++;
            return false;
        }

        bucket->Tokens--;
        bucket->PassedOver = 0;
        return true;
    }

    public void Dispose() => NativeMemory.Free(buckets);

    private struct Bucket
    {
        public uint FilledAt;
        public uint PassedOver;
        public uint Tokens;
    }
}
