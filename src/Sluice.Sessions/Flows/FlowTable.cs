using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

/// <summary>How large a flow table is.</summary>
/// <param name="Sessions">Sessions that it holds at most.</param>
/// <param name="CacheLines">Cached decisions of stateless rules that it holds at most.</param>
/// <param name="Spare">Pairs of lines above <paramref name="Sessions"/>, for those that wait for readers: creation rate times the longest stall of a worker.</param>
public readonly record struct FlowTableLimits(int Sessions, int CacheLines, int Spare)
{
    /// <summary>Spare lines that bear a million new sessions a second through a stall of 65 milliseconds. Untouched spare lines cost no memory.</summary>
    public const int DefaultSpare = 65_536;

    /// <summary>Limits with the default number of spare lines.</summary>
    public FlowTableLimits(int sessions, int cacheLines)
        : this(sessions, cacheLines, DefaultSpare)
    {
    }
}

/// <summary>Answer to an insertion.</summary>
public enum InsertOutcome : byte
{
    /// <summary>Both flows (or the one) can be found now.</summary>
    Inserted = 0,

    /// <summary>The original flow's key has a line already; nothing was changed.</summary>
    OriginalTaken,

    /// <summary>The reply flow's key has a line already; nothing was changed.</summary>
    ReplyTaken,

    /// <summary>No free slot within the probe limit of a home bucket; nothing was changed. With a keyed hash and the stated load this does not come by chance.</summary>
    Crowded,
}

/// <summary>The product's flow table: see <see cref="FlowTable{TFamily,TKey,TLine,TProtocol}"/>.</summary>
public sealed class FlowTable<TFamily, TKey, TLine>(FlowTableLimits limits, HashSecret secret, Epochs epochs)
    : FlowTable<TFamily, TKey, TLine, FlowProtocol>(limits, secret, epochs)
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged;

/// <summary>All flows of one family: found without locks by any worker, changed under the locks of their home buckets.</summary>
/// <remarks>
/// <para>A session is a pair of lines: its number i is the original flow's line, i + <see cref="PairDistance"/> the reply flow's. The two lie in separate
/// slabs, far apart, because each is written by the worker that gets its direction. Cached decisions of stateless rules have a third slab.</para>
/// <para>A session's way: <c>Sessions.TryTake</c>, fill both lines, <see cref="InsertPair(uint, out uint)"/>; later <see cref="RemovePair"/> and, once the counters are read,
/// <see cref="RetirePair"/>. A taken number that is not inserted goes back by <c>Sessions.GiveBack</c>.</para>
/// <para>Every thread that calls any of this has a slot in <see cref="Epochs"/> and is not parked: indices and lines that it found stay what they were until it passes.</para>
/// </remarks>
public unsafe partial class FlowTable<TFamily, TKey, TLine, TProtocol> : IDisposable
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
    where TProtocol : struct, IFlowProtocol
{
    /// <summary>Entries for each bucket's eight slots when every session lives and nothing is cached: 0.7.</summary>
    private const double EntriesPerBucket = 0.7 * FlowBucket.Slots;

    /// <summary>Entries for each bucket's eight slots when the cache is full too: few gateways are full of both, and buckets are memory that sessions pay for.</summary>
    private const double MostEntriesPerBucket = 0.875 * FlowBucket.Slots;

    private readonly NativeArena arena = new();
    private readonly FlowView<TFamily, TKey, TLine> view;

    /// <summary>Makes an empty table. Memory is mapped now and backed as it is used.</summary>
    public FlowTable(FlowTableLimits limits, HashSecret secret, Epochs epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Sessions, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfNegative(limits.CacheLines, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfNegative(limits.Spare, nameof(limits));
        ArgumentNullException.ThrowIfNull(epochs);
        Limits = limits;
        Epochs = epochs;
        uint kept = (uint)epochs.Workers * LineIndexes.KeptPerWorker;
        PairDistance = (uint)limits.Sessions + (uint)limits.Spare + kept;
        uint cacheSlab = limits.CacheLines == 0 ? 0 : (uint)limits.CacheLines + kept;
        double flows = 2.0 * limits.Sessions;
        double buckets = Math.Max(flows / EntriesPerBucket, (flows + limits.CacheLines) / MostEntriesPerBucket);
        uint bucketCount = Math.Max(FlowView<TFamily, TKey, TLine>.ProbeLimit, (uint)Math.Ceiling(buckets));
        view = new(arena.Allocate<FlowBucket>(bucketCount), bucketCount, arena.Allocate<TLine>((2 * (nuint)PairDistance) + cacheSlab), secret);
        Sessions = new LineIndexes(arena, epochs, 0, PairDistance);
        CacheLines = new LineIndexes(arena, epochs, 2 * PairDistance, cacheSlab);
    }

    /// <summary>What was asked for.</summary>
    public FlowTableLimits Limits { get; }

    /// <summary>The quiescent states that retired lines wait for.</summary>
    public Epochs Epochs { get; }

    /// <summary>The table as its readers see it.</summary>
    public ref readonly FlowView<TFamily, TKey, TLine> View => ref view;

    /// <summary>From an original flow's line to its reply flow's; also how many session numbers there are.</summary>
    public uint PairDistance { get; }

    /// <summary>Session numbers.</summary>
    public LineIndexes Sessions { get; }

    /// <summary>Lines of cached decisions.</summary>
    public LineIndexes CacheLines { get; }

    /// <summary>Bytes of native memory mapped.</summary>
    public nuint MappedBytes => arena.MappedBytes;

    /// <summary>A line by its index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLine* Line(uint index) => view.Lines + index;

    /// <summary>The original flow's line of a session.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLine* Original(uint session) => view.Lines + session;

    /// <summary>The reply flow's line of a session.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLine* Reply(uint session) => view.Lines + session + PairDistance;

    /// <summary>Whether a line belongs to a session, not to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSession(uint line) => line < 2 * PairDistance;

    /// <summary>The session that a line of a session belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint SessionOf(uint line) => line < PairDistance ? line : line - PairDistance;

    /// <summary>Gives a removed session's number back for later use: readers may still look at its lines until they pass.</summary>
    public void RetirePair(int worker, uint session)
    {
        if (TProtocol.WaitsForReaders) Sessions.Retire(worker, session);
        else Sessions.GiveBack(worker, session);
    }

    /// <summary>Gives a removed cache line back for later use.</summary>
    public void RetireOne(int worker, uint line)
    {
        if (TProtocol.WaitsForReaders) CacheLines.Retire(worker, line);
        else CacheLines.GiveBack(worker, line);
    }

    /// <summary>Frees the native memory. No worker may use the table any more.</summary>
    public void Dispose()
    {
        arena.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>For the debugger.</summary>
    public override string ToString() =>
        $"{TFamily.Family} flows: {Limits.Sessions} sessions and {Limits.CacheLines} cached decisions at most, {view.BucketCount} buckets";
}
