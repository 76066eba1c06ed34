using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Sessions;

/// <summary>Eight entries of the flow table in one cache line: tags that one vector compare searches, and the lines that they stand for.</summary>
/// <remarks>
/// <code>
///  +0  u16 tags[8]    0 empty, 2 claimed by a writer, odd: 15 bits of the hash
/// +16  u32 values[8]  index of the flow's line
/// +48  u32 overflow   entries that went past this bucket because it was full: 0 ends a walk
/// +52  u32 version    odd while locked; each unlocking makes a new even number
/// +56  8 bytes unused
/// </code>
/// The lock guards the flows whose home this bucket is, wherever they lie; it does not guard the slots. A slot is claimed by compare-and-swap
/// of its tag, so a walk past other homes' buckets takes no second lock, and two home locks taken in address order can't deadlock.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public unsafe struct FlowBucket
{
    /// <summary>Entries in a bucket.</summary>
    public const int Slots = 8;

    /// <summary>The tag of an empty slot.</summary>
    public const ushort Empty = 0;

    /// <summary>The tag of a slot that a writer fills; no hash has it.</summary>
    public const ushort Claimed = 2;

    /// <summary>Tags.</summary>
    [FieldOffset(0)] public fixed ushort Tags[Slots];

    /// <summary>Indices of lines.</summary>
    [FieldOffset(16)] public fixed uint Values[Slots];

    /// <summary>Entries that passed this bucket.</summary>
    [FieldOffset(48)] public uint Overflow;

    /// <summary>Lock and version.</summary>
    [FieldOffset(52)] public uint Version;

    /// <summary>The tag of a hash: odd, from bits that the choice of the bucket does not use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort TagOf(ulong hash) => (ushort)((uint)hash | 1);

    /// <summary>The slots with <paramref name="tag"/>: two equal bits a slot. See <see cref="SlotOf"/> and <see cref="Next"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Match(FlowBucket* bucket, ushort tag)
    {
        uint matches = Vector128.Equals(Vector128.Load(bucket->Tags), Vector128.Create(tag)).AsByte().ExtractMostSignificantBits();

        // Pairs with the release store of the tag: a value read after this is the tag's or newer.
        Volatile.ReadBarrier();
        return matches;
    }

    /// <summary>The first slot of a set that <see cref="Match"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SlotOf(uint matches) => BitOperations.TrailingZeroCount(matches) >> 1;

    /// <summary>The set without its first slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Next(uint matches)
    {
        matches &= matches - 1;
        return matches & (matches - 1);
    }

    /// <summary>Takes an empty slot for the caller alone; -1 where there is none.</summary>
    internal static int Claim(FlowBucket* bucket)
    {
        for (uint empty = Match(bucket, Empty); empty != 0; empty = Next(empty))
        {
            int slot = SlotOf(empty);
            if (Interlocked.CompareExchange(ref bucket->Tags[slot], Claimed, Empty) == Empty) return slot;
        }

        return -1;
    }

    /// <summary>Takes the lock.</summary>
    internal static void Lock(FlowBucket* bucket)
    {
        uint version = Volatile.Read(ref bucket->Version);
        if ((version & 1) != 0 || Interlocked.CompareExchange(ref bucket->Version, version + 1, version) != version) LockSlow(bucket);
    }

    /// <summary>Gives the lock back; whoever walked meanwhile sees another version.</summary>
    internal static void Unlock(FlowBucket* bucket) => Volatile.Write(ref bucket->Version, bucket->Version + 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LockSlow(FlowBucket* bucket)
    {
        // Never sleeps: the holder is a few stores away, or has lost its core, and then yielding gives it one.
        var spin = new SpinWait();
        while (true)
        {
            uint version = Volatile.Read(ref bucket->Version);
            if ((version & 1) == 0 && Interlocked.CompareExchange(ref bucket->Version, version + 1, version) == version) return;
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>For the debugger: the slots in use, as tag:line.</summary>
    public override readonly string ToString()
    {
        var text = new System.Text.StringBuilder();
        for (int slot = 0; slot < Slots; slot++)
            if (Tags[slot] != Empty) text.Append(Tags[slot].ToString("x4")).Append(':').Append(Values[slot]).Append(' ');
        return text.Append("overflow ").Append(Overflow).Append((Version & 1) != 0 ? " locked" : "").ToString();
    }
}
