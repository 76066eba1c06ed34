using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>All that the gateway remembers of conversations: sessions, mappings, ports, hosts. The one door to them.</summary>
/// <remarks>
/// Packet threads have a <see cref="SessionWorker"/> each; whoever else changes anything uses <see cref="Control"/>. What readers for people call
/// (<see cref="Sessions"/>, <see cref="Pools()"/> and their like) takes no lock that a packet thread waits for.
/// </remarks>
public sealed unsafe partial class SessionStore : IDisposable
{
    private readonly SharedTables shared;
    private readonly FamilyStore<Flow4, FlowKey4, FlowLine4> v4;
    private readonly FamilyStore<Flow6, FlowKey6, FlowLine6> v6;
    private readonly SessionWorker[] workers;

    /// <summary>Makes an empty store. Memory is mapped now and backed as it is used.</summary>
    public SessionStore(SessionStoreOptions options)
    {
        if (options.Capacity < 1 || options.Workers < 1 || options.MaxPublicAddresses < 1)
            throw new ArgumentException("Capacity, workers and public addresses are at least 1 each.", nameof(options));
        Options = options;
        shared = new SharedTables(options);
        v4 = new FamilyStore<Flow4, FlowKey4, FlowLine4>(options, shared);
        v6 = new FamilyStore<Flow6, FlowKey6, FlowLine6>(options, shared);
        workers = new SessionWorker[options.Workers + 1];
        for (int worker = 0; worker < workers.Length; worker++)
            workers[worker] = new SessionWorker(worker, shared.Epochs, shared.Capacity);
    }

    /// <summary>What was asked for.</summary>
    public SessionStoreOptions Options { get; }

    /// <summary>The IPv4 flows, for look-ups.</summary>
    public FlowTable<Flow4, FlowKey4, FlowLine4> V4 => v4.Table;

    /// <summary>The IPv6 flows, for look-ups.</summary>
    public FlowTable<Flow6, FlowKey6, FlowLine6> V6 => v6.Table;

    /// <summary>What both families' lines have in common, of one line.</summary>
    public FlowState* StateOf(IpFamily family, uint line) =>
        family == IpFamily.V4 ? &v4.Table.Line(line)->State : &v6.Table.Line(line)->State;

    /// <summary>Idle milliseconds by timer class (<see cref="FlowState.Timer"/>); stays where it is.</summary>
    public uint* IdleMilliseconds => shared.Durations.Milliseconds;

    /// <summary>What happened to pools.</summary>
    public PoolEvents Events => shared.Events;

    /// <summary>Which backend a client had last.</summary>
    public AffinityTable Affinity => shared.Affinity;

    /// <summary>The context of a packet thread. It starts parked: unpark it before it touches the store.</summary>
    public SessionWorker Worker(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Options.Workers);
        return workers[index];
    }

    /// <summary>The context of threads that handle no packets; use it under a lock of their own, between <see cref="SessionWorker.Unpark"/> and <see cref="SessionWorker.Park"/>.</summary>
    public SessionWorker Control => workers[^1];

    /// <summary>The pool of a definition: the same object for equal definitions, over reloads.</summary>
    public Pool PoolFor(PoolDefinition definition) => shared.PoolFor(definition);

    /// <summary>The number of a set of idle times: the same for equal sets.</summary>
    public ushort TimerSetFor(TimerSet timers) => shared.Timers.NumberOf(timers);

    /// <summary>Makes a session with everything that it needs, or nothing and the reason.</summary>
    /// <param name="worker">The caller.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="now">The clock.</param>
    /// <param name="session">The new session; or the line that already has the packet's key, where another worker was first (then the packet is to be treated as a hit).</param>
    public DropReason Create(SessionWorker worker, in NewSession request, uint now, out SessionRef session)
    {
        IpFamily family = request.Original.Source.Family;
        DropReason reason = family == IpFamily.V4 ? v4.Create(worker, in request, now, out uint line) : v6.Create(worker, in request, now, out line);
        session = new SessionRef(family, line);
        return reason;
    }

    /// <summary>Works out what <see cref="Create"/> needs, and calls for what <see cref="PrefetchCreate"/> looks at. Call it for each miss of a chunk before that one.</summary>
    /// <remarks>The request must not change any more, but for being thrown away.</remarks>
    public void Plan(ref NewSession request)
    {
        if (request.Original.Source.IsV4) v4.Plan(ref request);
        else v6.Plan(ref request);
    }

    /// <summary>Calls for the memory that <see cref="Create"/> will touch. Call it for each miss of a chunk before the first is made.</summary>
    public void PrefetchCreate(SessionWorker worker, in NewSession request)
    {
        if (request.Original.Source.IsV4) v4.Prefetch(worker, in request);
        else v6.Prefetch(worker, in request);
    }

    /// <summary>Remembers a stateless decision in a line of its own (this direction only), for as long as there is room.</summary>
    /// <returns>A line to rewrite this packet by; where there is no room it is the worker's own and holds until its next call.</returns>
    /// <exception cref="InvalidOperationException">The store was made without cache lines.</exception>
    public SessionRef Cache(SessionWorker worker, in NewSession request, uint now)
    {
        if (Options.CacheLines == 0) throw new InvalidOperationException("The store has no cache lines.");
        IpFamily family = request.Original.Source.Family;
        return new SessionRef(family, family == IpFamily.V4 ? v4.Cache(worker, in request, now) : v6.Cache(worker, in request, now));
    }

    /// <summary>A TCP segment with SYN, FIN, RST or a direction's first ACK. <paramref name="flags"/> are as in <see cref="FlowState.Seen"/>: FIN 1, SYN 2, RST 4, ACK 8.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public TcpOutcome TouchTcpSlow(IpFamily family, uint line, uint flags, uint sequence, uint acknowledgement, uint now)
    {
        var segment = new TcpSegment((byte)flags, sequence, acknowledgement);
        return family == IpFamily.V4 ? v4.TouchTcp(line, in segment, now) : v6.TouchTcp(line, in segment, now);
    }

    /// <summary>Whether a session lives though the line's own deadline passed: its other direction may have been used since.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool IsAliveSlow(IpFamily family, uint line, uint now) =>
        family == IpFamily.V4 ? v4.IsAlive(line, now) : v6.IsAlive(line, now);

    /// <summary>Ends a session at <paramref name="at"/>. Only one caller ends it: true for that one. Any of its lines names it.</summary>
    /// <param name="worker">The caller.</param>
    /// <param name="family">The family.</param>
    /// <param name="line">A line of the session.</param>
    /// <param name="reason">Why.</param>
    /// <param name="at">When: held ports rest from then on.</param>
    /// <param name="number">The session's number, if the line may be another's by now; 0: whatever is there.</param>
    public bool End(SessionWorker worker, IpFamily family, uint line, EndReason reason, uint at, ulong number = 0) =>
        family == IpFamily.V4 ? v4.End(worker, line, reason, at, number) : v6.End(worker, line, reason, at, number);

    /// <summary>Ends a session whose time is over, at exactly its due time; false if it isn't over, or is ended already.</summary>
    public bool EndExpired(SessionWorker worker, IpFamily family, uint line, uint now) =>
        family == IpFamily.V4 ? v4.EndExpired(worker, line, now) : v6.EndExpired(worker, line, now);

    /// <summary>Gives a session so long to live from <paramref name="now"/>, and again from each packet that counts, until its state changes; false if it is gone.</summary>
    /// <param name="session">Where it lies.</param>
    /// <param name="number">Its number.</param>
    /// <param name="milliseconds">How long; see <see cref="Lifetimes.Rounded"/>.</param>
    /// <param name="now">The clock.</param>
    public bool SetLifetime(SessionRef session, ulong number, uint milliseconds, uint now) => session.Family == IpFamily.V4
        ? v4.SetLifetime(session.Line, number, milliseconds, now)
        : v6.SetLifetime(session.Line, number, milliseconds, now);

    /// <summary>Confirms a session under another policy generation. False: its public endpoint is no longer the pool's, or it is gone; end it.</summary>
    /// <remarks>The next hops of both lines are to be resolved again. New idle times count from the session's next packet.</remarks>
    public bool Confirm(SessionWorker worker, IpFamily family, uint line, in Confirmation confirmation) =>
        family == IpFamily.V4 ? v4.Confirm(worker, line, in confirmation) : v6.Confirm(worker, line, in confirmation);

    /// <summary>The tuple of the packets of one of a session's directions, as they arrive.</summary>
    public FlowParts PartsOf(SessionRef session, bool reply) => session.Family == IpFamily.V4 ? v4.PartsOf(session.Line, reply) : v6.PartsOf(session.Line, reply);

    /// <summary>Marks the packets that answer a session as denied (<see cref="FlowConduct.Denied"/>), unless other rules than those of <paramref name="generation"/> have confirmed it since.</summary>
    public void DenyReplies(SessionRef session, ushort generation)
    {
        if (session.Family == IpFamily.V4) v4.DenyReplies(session.Line, generation);
        else v6.DenyReplies(session.Line, generation);
    }

    /// <summary>Takes ports away from the pools for what a configuration's forwards serve; counted, so a port is free again after as many releases. Call it before that configuration is in force.</summary>
    /// <remarks>A port that a mapping or session has stays with it until that has ended, and is the claim's then, with no moment between.</remarks>
    public void ClaimPorts(IEnumerable<PortClaim> claims) => shared.Claims.Claim(claims);

    /// <summary>Gives claims back, once the configuration that made them is no longer in force.</summary>
    public void ReleasePorts(IEnumerable<PortClaim> claims)
    {
        shared.Claims.Release(claims);
        Interlocked.Increment(ref shared.PortsFreed);
    }

    /// <summary>Takes a port away from the pools for the host's own; counted, so it is free again after as many releases.</summary>
    /// <returns>False if a forward, a mapping or a session has it at the moment: it keeps it until it ends, then the claim holds.</returns>
    public bool ClaimPort(ushort realm, IpAddress address, PortClass ports, ushort port) => shared.Claims.Claim(realm, address, ports, port);

    /// <summary>Gives a claim back.</summary>
    public void ReleasePort(ushort realm, IpAddress address, PortClass ports, ushort port)
    {
        shared.Claims.Release(realm, address, ports, port);
        Interlocked.Increment(ref shared.PortsFreed);
    }

    /// <summary>Keeps a copy of an address's port bits (1,024 words of 64) in memory that somebody else reads, such as a map of the kernel; null ends it.</summary>
    /// <remarks>A port's bit is there before a packet with it leaves.</remarks>
    public void MirrorPorts(ushort realm, IpAddress address, PortClass ports, ulong* words)
    {
        uint number = shared.Addresses.FindOrAdd(realm, address);
        if (number != PublicAddresses.None) shared.Addresses.SetMirror(shared.Addresses.SpaceOf(number, ports), words);
    }

    /// <summary>Frees all native memory. No worker may use the store any more.</summary>
    public void Dispose()
    {
        foreach (SessionWorker worker in workers) worker.Totals.Dispose();
        foreach (SessionLog log in logs ?? []) log.Dispose();
        v4.Dispose();
        v6.Dispose();
        shared.Dispose();
    }
}
