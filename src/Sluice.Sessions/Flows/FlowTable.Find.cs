using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

// The authoritative look-up.
public unsafe partial class FlowTable<TFamily, TKey, TLine, TProtocol>
{
    private const int UnlockedTries = 4;

    /// <summary>The live line with this key, or <see cref="FlowLines.None"/>: the answer to a candidate that was none or was another's.</summary>
    /// <remarks>
    /// An entry may be moved past a walk that takes no lock, so a miss holds only if no writer locked the home bucket meanwhile, which its version
    /// tells: a packet that misses and creates nothing writes no shared memory. Only if writers keep at it is the lock taken.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint ResolveSlow(in TKey key, ulong hash)
    {
        if (!TProtocol.AsksMissesAgain) return Walk(in key, hash);
        FlowBucket* home = view.Home(hash);
        for (int attempt = 0; attempt < UnlockedTries; attempt++)
        {
            uint version = Volatile.Read(ref home->Version);
            uint line = Walk(in key, hash);
            if (line != FlowLines.None) return line;
            Volatile.ReadBarrier();
            if ((version & 1) == 0 && Volatile.Read(ref home->Version) == version) return FlowLines.None;
        }

        FlowBucket.Lock(home);
        uint found = Walk(in key, hash);
        FlowBucket.Unlock(home);
        return found;
    }

    /// <summary>The live line with this key, hashed here.</summary>
    public uint Find(in TKey key) => ResolveSlow(in key, view.Hash(in key));

    // Exact only while the home bucket's lock is held.
    private uint Walk(in TKey key, ulong hash)
    {
        ushort tag = FlowBucket.TagOf(hash);
        FlowBucket* bucket = view.Home(hash);
        for (int step = 0; step < FlowView<TFamily, TKey, TLine>.ProbeLimit; step++)
        {
            for (uint matches = FlowBucket.Match(bucket, tag); matches != 0; matches = FlowBucket.Next(matches))
            {
                uint line = Volatile.Read(ref bucket->Values[FlowBucket.SlotOf(matches)]);
                TLine* entry = view.Lines + line;
                if (TFamily.Matches(entry, in key) && Volatile.Read(ref TFamily.StateOf(entry)->Generation) != 0) return line;
            }

            if (Volatile.Read(ref bucket->Overflow) == 0) break;
            TProtocol.Linger();
            bucket = view.After(bucket);
        }

        return FlowLines.None;
    }
}
