using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>All that the gateway remembers of conversations: sessions, mappings, ports, hosts. The one door to them.</summary>
public sealed unsafe partial class SessionStore : IDisposable
{
    /// <summary>Makes an empty store. Memory is mapped now and backed as it is used.</summary>
    public SessionStore(SessionStoreOptions options)
    {
        Options = options;
        V4 = null!;
        V6 = null!;
    }

    /// <summary>What was asked for.</summary>
    public SessionStoreOptions Options { get; }

    /// <summary>The IPv4 flows, for look-ups.</summary>
    public FlowTable<Flow4, FlowKey4, FlowLine4> V4 { get; }

    /// <summary>The IPv6 flows, for look-ups.</summary>
    public FlowTable<Flow6, FlowKey6, FlowLine6> V6 { get; }

    /// <summary>Idle milliseconds by timer class (<see cref="FlowState.Timer"/>); stays where it is.</summary>
    public uint* IdleMilliseconds => throw new NotSupportedException();

    /// <summary>The context of a packet thread.</summary>
    public SessionWorker Worker(int index) => throw new NotSupportedException();

    /// <summary>The context of threads that handle no packets; use it under a lock of their own, between <see cref="SessionWorker.Unpark"/> and <see cref="SessionWorker.Park"/>.</summary>
    public SessionWorker Control => throw new NotSupportedException();

    /// <summary>The pool of a definition: the same object for equal definitions, over reloads.</summary>
    public Pool PoolFor(PoolDefinition definition) => throw new NotSupportedException();

    /// <summary>The number of a set of idle times: the same for equal sets.</summary>
    public ushort TimerSetFor(TimerSet timers) => throw new NotSupportedException();

    /// <summary>Makes a session with everything that it needs, or nothing and the reason.</summary>
    /// <param name="worker">The caller.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="now">The clock.</param>
    /// <param name="session">The new session, or the one that another worker made meanwhile for the same packet; its line is of the original direction.</param>
    public DropReason Create(SessionWorker worker, in NewSession request, uint now, out SessionRef session) => throw new NotSupportedException();

    /// <summary>Calls for the memory that <see cref="Create"/> will touch. Call it for each miss of a chunk before the first is made.</summary>
    public void PrefetchCreate(SessionWorker worker, in NewSession request) => throw new NotSupportedException();

    /// <summary>Remembers a stateless decision in a line of its own (this direction only), for as long as there is room.</summary>
    /// <returns>A line to rewrite this packet by; where there is no room it is the worker's own and holds until its next call.</returns>
    public SessionRef Cache(SessionWorker worker, in NewSession request, uint now) => throw new NotSupportedException();

    /// <summary>The live mapping that owns a public endpoint. Takes no lock.</summary>
    public bool TryFindMapping(ushort realm, IpAddress address, ushort port, byte protocol, out MappingView mapping) => throw new NotSupportedException();

    /// <summary>Whether the mapping admits packets from a remote endpoint: <see cref="DropReason.None"/>, <see cref="DropReason.FilteredInbound"/>, or <see cref="DropReason.NoMapping"/> if it is gone.</summary>
    /// <remarks><see cref="Create"/> asks the same again, for the source as the inside endpoint will see it.</remarks>
    public DropReason Admits(in MappingView mapping, IpAddress remote, ushort remotePort) => throw new NotSupportedException();

    /// <summary>A TCP segment with SYN, FIN, RST or a direction's first ACK. <paramref name="flags"/> are as in <see cref="FlowState.Seen"/>: FIN 1, SYN 2, RST 4, ACK 8.</summary>
    public TcpOutcome TouchTcpSlow(IpFamily family, uint line, uint flags, uint sequence, uint acknowledgement, uint now) => throw new NotSupportedException();

    /// <summary>Whether a session lives though the line's own deadline passed: its other direction may have been used since.</summary>
    public bool IsAliveSlow(IpFamily family, uint line, uint now) => throw new NotSupportedException();

    /// <summary>Ends a session at <paramref name="at"/>. Only one caller ends it: true for that one. Any of its lines names it.</summary>
    public bool End(SessionWorker worker, IpFamily family, uint line, EndReason reason, uint at) => throw new NotSupportedException();

    /// <summary>Ends a session whose time is over, at exactly its due time.</summary>
    public bool EndExpired(SessionWorker worker, IpFamily family, uint line, uint now) => throw new NotSupportedException();

    /// <summary>Says what a session is; false if it is gone.</summary>
    public bool TryDescribe(IpFamily family, uint line, uint now, out SessionView view) => throw new NotSupportedException();

    /// <summary>The number of the session that a line belongs to; 0 for a cached decision or a session that is gone.</summary>
    public ulong NumberOf(IpFamily family, uint line) => throw new NotSupportedException();

    /// <summary>Confirms a session under another policy generation; false if its public endpoint is no longer the pool's, or it is gone: then end it.</summary>
    public bool Confirm(SessionWorker worker, IpFamily family, uint line, in Confirmation confirmation) => throw new NotSupportedException();

    /// <summary>Visits up to <paramref name="maxLines"/> lines, so that every line is visited once a second, and ends what is due.</summary>
    /// <param name="worker">The caller; workers share the round.</param>
    /// <param name="now">The clock.</param>
    /// <param name="maxLines">Lines at most.</param>
    /// <param name="generation">The generation in force: sessions of another are reported through <paramref name="stale"/>.</param>
    /// <param name="stale">Receives lines of live sessions that another generation confirmed last; may be empty.</param>
    /// <param name="staleCount">How many it received.</param>
    public int Sweep(SessionWorker worker, uint now, int maxLines, ushort generation, Span<SessionRef> stale, out int staleCount) => throw new NotSupportedException();

    /// <summary>With <see cref="SessionStoreOptions.ExactExpiry"/>: a time before which nothing is due.</summary>
    public bool TryNextDue(out uint due) => throw new NotSupportedException();

    /// <summary>With <see cref="SessionStoreOptions.ExactExpiry"/>: ends all that is due at <paramref name="now"/> or before, each at its due time.</summary>
    public void ExpireUpTo(SessionWorker worker, uint now) => throw new NotSupportedException();

    /// <summary>All live sessions. Never blocks the packet path.</summary>
    public IEnumerable<SessionView> Sessions(uint now) => throw new NotSupportedException();

    /// <summary>All live and resting mappings.</summary>
    public IEnumerable<MappingView> Mappings() => throw new NotSupportedException();

    /// <summary>Use of the pools' addresses.</summary>
    public IReadOnlyList<PoolView> Pools() => throw new NotSupportedException();

    /// <summary>Live sessions by state.</summary>
    public SessionCounts Count() => throw new NotSupportedException();

    /// <summary>Live mappings.</summary>
    public int LiveMappings => throw new NotSupportedException();

    /// <summary>Sessions ended so far for a reason.</summary>
    public long Ended(EndReason reason) => throw new NotSupportedException();

    /// <summary>Native memory touched.</summary>
    public StoreMemory Memory => throw new NotSupportedException();

    /// <summary>Takes a port away from the pools for somebody else (a forward, the host's own); counted, so it is free again after as many releases.</summary>
    /// <returns>False if a mapping or session has it at the moment: it keeps it until it ends, then the claim holds.</returns>
    public bool ClaimPort(ushort realm, IpAddress address, PortClass ports, ushort port) => throw new NotSupportedException();

    /// <summary>Gives a claim back.</summary>
    public void ReleasePort(ushort realm, IpAddress address, PortClass ports, ushort port) => throw new NotSupportedException();

    /// <summary>Keeps a copy of an address's port bits (1,024 words of 64) in memory that somebody else reads, such as a map of the kernel; null ends it.</summary>
    public void MirrorPorts(ushort realm, IpAddress address, PortClass ports, ulong* words) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
