using System.Diagnostics;

namespace Sluice.Sessions;

// Slots of buckets: claimed by compare-and-swap, published value first, moved nearer home when there is room again.
public unsafe partial class FlowTable<TFamily, TKey, TLine, TProtocol>
{
    /// <summary>Moves a live entry into the bucket <paramref name="distance"/> steps behind its home, if that has room.</summary>
    internal bool Relocate(uint line, int distance)
    {
        ulong hash = view.Hash(in *TFamily.KeyOf(view.Lines + line));
        FlowBucket* home = view.Home(hash);
        FlowBucket.Lock(home);
        bool moved = TFamily.StateOf(view.Lines + line)->Generation != 0
            && TryLocate(home, hash, line, out FlowSlot from)
            && from.Distance != distance
            && TryMove(home, hash, line, from, distance);
        FlowBucket.Unlock(home);
        return moved;
    }

    private bool TryClaim(FlowBucket* home, out FlowSlot slot)
    {
        FlowBucket* bucket = home;
        for (int distance = 0; distance < FlowView<TFamily, TKey, TLine>.ProbeLimit; distance++)
        {
            int index = FlowBucket.Claim(bucket);
            if (index >= 0)
            {
                slot = new FlowSlot(bucket, index, distance);
                return true;
            }

            // Counted before the entry appears, so that no walk ends short of it.
            Interlocked.Increment(ref bucket->Overflow);
            bucket = view.After(bucket);
        }

        LowerOverflow(home, 0, FlowView<TFamily, TKey, TLine>.ProbeLimit);
        slot = default;
        return false;
    }

    private static void Publish(FlowSlot slot, uint line, ulong hash)
    {
        Volatile.Write(ref slot.Bucket->Values[slot.Index], line);
        TProtocol.Linger();
        Volatile.Write(ref slot.Bucket->Tags[slot.Index], FlowBucket.TagOf(hash));
    }

    private void Release(FlowBucket* home, FlowSlot slot)
    {
        Volatile.Write(ref slot.Bucket->Tags[slot.Index], FlowBucket.Empty);
        LowerOverflow(home, 0, slot.Distance);
    }

    private void Unlink(FlowBucket* home, ulong hash, uint line)
    {
        bool found = TryLocate(home, hash, line, out FlowSlot slot);
        Debug.Assert(found, "A live line has an entry.");
        if (!found) return;
        Release(home, slot);
        if (slot.Distance == 0 && Volatile.Read(ref home->Overflow) != 0) PullBackSlow(home);
    }

    private bool TryLocate(FlowBucket* home, ulong hash, uint line, out FlowSlot slot)
    {
        ushort tag = FlowBucket.TagOf(hash);
        FlowBucket* bucket = home;
        for (int distance = 0; distance < FlowView<TFamily, TKey, TLine>.ProbeLimit; distance++)
        {
            for (uint matches = FlowBucket.Match(bucket, tag); matches != 0; matches = FlowBucket.Next(matches))
            {
                int index = FlowBucket.SlotOf(matches);
                if (Volatile.Read(ref bucket->Values[index]) != line) continue;
                slot = new FlowSlot(bucket, index, distance);
                return true;
            }

            if (Volatile.Read(ref bucket->Overflow) == 0) break;
            bucket = view.After(bucket);
        }

        slot = default;
        return false;
    }

    // Room came free in a home bucket: an entry of it that lies further on comes home, so a peak of load leaves no long walks behind.
    private void PullBackSlow(FlowBucket* home)
    {
        FlowBucket* bucket = home;
        for (int distance = 1; distance < FlowView<TFamily, TKey, TLine>.ProbeLimit && Volatile.Read(ref bucket->Overflow) != 0; distance++)
        {
            bucket = view.After(bucket);
            for (int index = 0; index < FlowBucket.Slots; index++)
            {
                ushort tag = Volatile.Read(ref bucket->Tags[index]);
                if ((tag & 1) == 0) continue;

                // Of another home's entry the line may be dead by now, but its key stands until this worker passes.
                uint line = Volatile.Read(ref bucket->Values[index]);
                ulong hash = view.Hash(in *TFamily.KeyOf(view.Lines + line));
                if (view.Home(hash) != home || FlowBucket.TagOf(hash) != tag) continue;
                TryMove(home, hash, line, new FlowSlot(bucket, index, distance), 0);
                return;
            }
        }
    }

    // The home bucket's lock is held. The new place is published before the old one is cleared: a walk may see the entry twice, and misses it only
    // if it passed the new place before and reaches the old one after; such a miss is asked again.
    private bool TryMove(FlowBucket* home, ulong hash, uint line, FlowSlot from, int distance)
    {
        FlowBucket* bucket = home;
        for (int step = 0; step < distance; step++) bucket = view.After(bucket);
        int index = FlowBucket.Claim(bucket);
        if (index < 0) return false;
        RaiseOverflow(home, from.Distance, distance);
        Publish(new FlowSlot(bucket, index, distance), line, hash);
        Volatile.Write(ref from.Bucket->Tags[from.Index], FlowBucket.Empty);
        LowerOverflow(home, distance, from.Distance);
        return true;
    }

    private void RaiseOverflow(FlowBucket* home, int from, int to) => AddOverflow(home, from, to, 1);

    private void LowerOverflow(FlowBucket* home, int from, int to) => AddOverflow(home, from, to, -1);

    private void AddOverflow(FlowBucket* home, int from, int to, int change)
    {
        FlowBucket* bucket = home;
        for (int step = 0; step < to; step++)
        {
            if (step >= from) Interlocked.Add(ref bucket->Overflow, (uint)change);
            bucket = view.After(bucket);
        }
    }

    private readonly struct FlowSlot(FlowBucket* bucket, int index, int distance)
    {
        public readonly FlowBucket* Bucket = bucket;
        public readonly int Index = index;
        public readonly int Distance = distance;
    }
}
