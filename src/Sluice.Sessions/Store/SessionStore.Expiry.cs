using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// Ending what is due: by a sweep that visits everything once a second, or exactly, in virtual time.
public sealed unsafe partial class SessionStore
{
    /// <summary>Lines of a piece at most.</summary>
    private const int SweptAtOnce = 64;

    // With exact expiry nobody sweeps; whoever finds a client judges its time himself, so only room is at stake.
    private const uint AffinitySweepMilliseconds = 60_000;

    private readonly SweepRound round = new();
    private uint affinitySwept;

    /// <summary>Visits up to <paramref name="maxLines"/> lines, 64 at most, so that every line is visited once a second, and ends what is due.</summary>
    /// <param name="worker">The caller; workers share the round.</param>
    /// <param name="now">The clock.</param>
    /// <param name="maxLines">Lines at most.</param>
    /// <param name="generation">The generation in force.</param>
    /// <param name="stale">Receives live sessions that another generation confirmed last, as many as fit; the others come in a later round.</param>
    /// <param name="staleCount">How many it received.</param>
    /// <returns>Lines visited.</returns>
    public int Sweep(SessionWorker worker, uint now, int maxLines, ushort generation, Span<SessionRef> stale, out int staleCount)
    {
        staleCount = 0;
        if (!round.TryEnter(now, Math.Min(maxLines, SweptAtOnce), SweepSize, out long from, out int count)) return 0;
        Span<SessionRef> due = stackalloc SessionRef[SweptAtOnce];
        int dueCount = 0;
        for (int i = 0; i < count; i++)
        {
            SweepFinding finding = SweepLine(worker, from + i, now, generation, out SessionRef session);
            if (finding == SweepFinding.Due) due[dueCount++] = session;
            else if (finding == SweepFinding.Stale && staleCount < stale.Length) stale[staleCount++] = session;
        }

        // In stages, so that many sessions that end together wait for memory together.
        foreach (SessionRef session in due[..dueCount]) PrefetchEnd(session);
        foreach (SessionRef session in due[..dueCount])
        {
            bool ended = EndExpired(worker, session.Family, session.Line, now);
            if (!ended && GenerationOf(session) is var confirmed && confirmed != generation && confirmed != 0 && staleCount < stale.Length)
                stale[staleCount++] = session;
        }

        round.Leave(count);
        return count;
    }

    /// <summary>With <see cref="SessionStoreOptions.ExactExpiry"/>: a time before which nothing is due; false if nothing ever will be.</summary>
    public bool TryNextDue(out uint due)
    {
        due = 0;
        return shared.Due is { } queue && queue.TryPeek(out due);
    }

    /// <summary>With <see cref="SessionStoreOptions.ExactExpiry"/>: ends all that is due at <paramref name="now"/> or before, each at its due time.</summary>
    /// <exception cref="InvalidOperationException">The store was not made for it.</exception>
    public void ExpireUpTo(SessionWorker worker, uint now)
    {
        if (shared.Due is not { } queue) throw new InvalidOperationException("The store was made without exact expiry.");
        if (now - affinitySwept >= AffinitySweepMilliseconds)
        {
            shared.Affinity.SweepAll(worker.Index, now);
            affinitySwept = now;
        }

        while (queue.TryTake(now, out DueKind kind, out uint index, out ulong number))
        {
            switch (kind)
            {
                case DueKind.Session4:
                    v4.ExpireOrRequeue(worker, index, number, now, queue);
                    break;
                case DueKind.Session6:
                    v6.ExpireOrRequeue(worker, index, number, now, queue);
                    break;
                case DueKind.Mapping4:
                    v4.Mappings.Sweep(worker, index, now);
                    break;
                default:
                    v6.Mappings.Sweep(worker, index, now);
                    break;
            }
        }
    }

    private long SweepSize =>
        (long)v4.HighWater + v6.HighWater + v4.CachedLines + v6.CachedLines + v4.Mappings.HighWater + v6.Mappings.HighWater + shared.Hosts.HighWater + shared.Affinity.HighWater;

    private SweepFinding SweepLine(SessionWorker worker, long line, uint now, ushort generation, out SessionRef session)
    {
        session = SessionRef.None;
        if (Reach(ref line, v4.HighWater))
        {
            session = new SessionRef(IpFamily.V4, (uint)line);
            return v4.Look((uint)line, now, generation);
        }

        if (Reach(ref line, v6.HighWater))
        {
            session = new SessionRef(IpFamily.V6, (uint)line);
            return v6.Look((uint)line, now, generation);
        }

        if (Reach(ref line, v4.CachedLines)) v4.SweepCached(worker, (uint)line, now, generation);
        else if (Reach(ref line, v6.CachedLines)) v6.SweepCached(worker, (uint)line, now, generation);
        else if (Reach(ref line, v4.Mappings.HighWater)) SweepMapping(v4.Mappings, worker, (uint)line, now);
        else if (Reach(ref line, v6.Mappings.HighWater)) SweepMapping(v6.Mappings, worker, (uint)line, now);
        else if (Reach(ref line, shared.Hosts.HighWater)) SweepHost(worker, (uint)line, now);
        else if (line != AffinityTable.None && line < shared.Affinity.HighWater) shared.Affinity.Sweep(worker.Index, (uint)line, now);
        return SweepFinding.Nothing;
    }

    private void PrefetchEnd(SessionRef session)
    {
        if (session.Family == IpFamily.V4) v4.PrefetchEnd(session.Line);
        else v6.PrefetchEnd(session.Line);
    }

    private ushort GenerationOf(SessionRef session) => session.Family == IpFamily.V4
        ? Volatile.Read(ref V4.Line(session.Line)->State.Generation)
        : Volatile.Read(ref V6.Line(session.Line)->State.Generation);

    private void SweepHost(SessionWorker worker, uint host, uint now)
    {
        if (host != HostTable.None) shared.Hosts.Sweep(worker.Index, host, now);
    }

    private static void SweepMapping(MappingTable mappings, SessionWorker worker, uint mapping, uint now)
    {
        if (mapping != MappingTable.None) mappings.Sweep(worker, mapping, now);
    }

    // Whether the line lies in a table of this size; if not, where it lies behind it.
    private static bool Reach(ref long line, uint size)
    {
        if (line < size) return true;
        line -= size;
        return false;
    }
}
