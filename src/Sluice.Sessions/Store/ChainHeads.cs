using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sessions;

/// <summary>A hash index over entries of a table: each head begins a chain through the entries themselves, by their index; index 0 is no entry.</summary>
/// <remarks>
/// A head's version is odd while a writer changes its chain. Readers take no lock: they walk, and believe what they saw if the version is even and
/// still the same. Entries are reused at once but never unmapped, so a reader that strays sees another entry, not another's memory; it counts its steps.
/// </remarks>
internal readonly unsafe struct ChainHeads
{
    /// <summary>Steps after which a reader has certainly strayed.</summary>
    public const int StepLimit = 1 << 16;

    private readonly ChainHead* heads;
    private readonly uint count;

    public ChainHeads(NativeArena arena, uint count)
    {
        this.count = Math.Max(count, 16);
        heads = arena.Allocate<ChainHead>(this.count);
    }

    /// <summary>Bytes of the heads.</summary>
    public long Bytes => (long)count * sizeof(ChainHead);

    /// <summary>The head of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ChainHead* Of(ulong hash) => heads + (uint)(((hash >> 32) * count) >> 32);

    /// <summary>Calls for the head of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Of(hash));
    }
}

/// <summary>Where a chain begins: 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct ChainHead
{
    /// <summary>Odd while locked.</summary>
    public uint Version;

    /// <summary>The first entry, or 0.</summary>
    public uint First;

    /// <summary>Takes the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        uint seen = Volatile.Read(ref Version);
        if ((seen & 1) != 0 || Interlocked.CompareExchange(ref Version, seen + 1, seen) != seen) EnterSlow();
    }

    /// <summary>Gives the lock back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => Volatile.Write(ref Version, Version + 1);

    /// <summary>Begins a read without lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint BeginRead() => Volatile.Read(ref Version);

    /// <summary>Whether nothing changed since <see cref="BeginRead"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool EndRead(uint version)
    {
        Volatile.ReadBarrier();
        return (version & 1) == 0 && Volatile.Read(ref Version) == version;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterSlow()
    {
        var spin = new SpinWait();
        while (true)
        {
            uint seen = Volatile.Read(ref Version);
            if ((seen & 1) == 0 && Interlocked.CompareExchange(ref Version, seen + 1, seen) == seen) return;
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
