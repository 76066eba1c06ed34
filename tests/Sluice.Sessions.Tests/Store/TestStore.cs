using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Store;

/// <summary>A store in virtual time with one worker, one pool, and requests in few words. Realm 1 is inside, 2 outside.</summary>
internal sealed class TestStore : IDisposable
{
    public const ushort Inside = 1, Outside = 2;
    public const byte Fin = 1, Syn = 2, Rst = 4, Ack = 8;

    public TestStore(SessionProfile? profile = null, string pool = "203.0.113.1", int capacity = 100_000, int workers = 1, ulong seed = 1, bool exact = true, TimerSet? timers = null)
    {
        Store = new SessionStore(new SessionStoreOptions
        {
            Capacity = capacity,
            Workers = workers,
            Seed = seed,
            ExactExpiry = exact,
            SpareLines = 1024,
            CacheLines = 1024,
        });
        Pool = PoolOf(profile ?? new SessionProfile(), pool);
        Timers = Store.TimerSetFor(timers ?? TimerSet.Default);
        Store.Worker(0).Unpark();
    }

    public SessionStore Store { get; }

    public SessionWorker Worker => Store.Worker(0);

    public Pool Pool { get; set; }

    public ushort Timers { get; set; }

    public uint Now { get; set; } = 1_000_000;

    public static IpAddress Ip(string text) => IpAddress.Parse(text);

    public Pool PoolOf(SessionProfile profile, string addresses) => Store.PoolFor(new PoolDefinition(
        Outside,
        [.. addresses.Split(',').Select(RangeOf)],
        profile));

    public NewSession Request(byte protocol, string source, ushort sourcePort, string destination, ushort destinationPort, byte tcpFlags = Syn) => new()
    {
        Original = new FlowParts(Inside, protocol, Ip(source), sourcePort, Ip(destination), destinationPort),
        RealmTo = Outside,
        TcpFlags = protocol == IpProtocol.Tcp ? tcpFlags : (byte)0,
        TcpSequence = 1000,
        SourcePool = Pool,
        Mapping = NewSession.NoMapping,
        Timers = Timers,
        Rule = 7,
        Generation = 1,
    };

    public NewSession Udp(string source, ushort sourcePort, string destination = "198.51.100.9", ushort destinationPort = 53) =>
        Request(IpProtocol.Udp, source, sourcePort, destination, destinationPort);

    public NewSession Tcp(string source, ushort sourcePort, string destination = "198.51.100.9", ushort destinationPort = 80) =>
        Request(IpProtocol.Tcp, source, sourcePort, destination, destinationPort);

    public NewSession Ping(string source, ushort identifier, string destination = "198.51.100.9") =>
        Request(IpProtocol.Icmp, source, identifier, destination, 0);

    /// <summary>A packet from outside to a mapping's public endpoint.</summary>
    public NewSession InboundTo(MappingView mapping, string remote, ushort remotePort) => new()
    {
        Original = new FlowParts(Outside, mapping.Protocol, Ip(remote), remotePort, mapping.Public, mapping.PublicPort),
        RealmTo = mapping.InsideRealm,
        TcpFlags = mapping.Protocol == IpProtocol.Tcp ? Syn : (byte)0,
        RewritesDestination = true,
        Destination = mapping.Inside,
        DestinationPort = mapping.InsidePort,
        Mapping = mapping.Index,
        Timers = Timers,
        Generation = 1,
    };

    public SessionView Create(in NewSession request)
    {
        Assert.Equal(DropReason.None, TryCreate(in request, out SessionRef session));
        return View(session);
    }

    public DropReason TryCreate(in NewSession request, out SessionRef session)
    {
        DropReason reason = Store.Create(Worker, in request, Now, out session);
        Worker.Pass();
        return reason;
    }

    public DropReason TryCreate(in NewSession request) => TryCreate(in request, out _);

    public SessionView View(SessionRef session)
    {
        Assert.True(Store.TryDescribe(session.Family, session.Line, Now, out SessionView view));
        return view;
    }

    public MappingView MappingOf(SessionView session)
    {
        Assert.True(Store.TryFindMapping(Outside, session.Reply.Destination, session.Reply.DestinationPort, session.Original.Protocol, out MappingView mapping));
        return mapping;
    }

    public bool HasMapping(SessionView session) =>
        Store.TryFindMapping(Outside, session.Reply.Destination, session.Reply.DestinationPort, session.Original.Protocol, out _);

    public bool IsLive(SessionView session) => Store.NumberOf(session.Ref.Family, session.Ref.Line) == session.Number;

    public void End(SessionView session) =>
        Assert.True(Store.End(Worker, session.Ref.Family, session.Ref.Line, EndReason.Deleted, Now, session.Number));

    /// <summary>Lets time pass, everything ending when it is due.</summary>
    public void Wait(uint milliseconds)
    {
        Now += milliseconds;
        Store.ExpireUpTo(Worker, Now);
        Worker.Pass();
    }

    /// <summary>What the packet path does for a packet of a direction.</summary>
    public unsafe void Packet(SessionView session, bool reply)
    {
        FlowState* state = State(session, reply);
        if ((state->Conduct & FlowConduct.NoRefresh) == 0) state->LastSeen = Now;
        state->Count(100);
    }

    /// <summary>What the packet path does for a TCP segment: the slow call where it must, then the account.</summary>
    public unsafe TcpOutcome Segment(SessionView session, bool reply, byte flags, uint sequence, uint acknowledgement)
    {
        FlowState* state = State(session, reply);
        var outcome = TcpOutcome.Continues;
        uint line = reply ? session.Ref.Line + Store.V4.PairDistance : session.Ref.Line;
        if ((flags & (7 | ~state->Seen)) != 0) outcome = Store.TouchTcpSlow(IpFamily.V4, line, flags, sequence, acknowledgement, Now);
        if (outcome != TcpOutcome.Continues) return outcome;
        state->LastSeen = Now;
        if ((flags & Ack) != 0) state->Acknowledged = acknowledgement;
        return outcome;
    }

    /// <summary>A TCP session after its handshake: sequence numbers 1001 (original) and 5001 (reply).</summary>
    public SessionView Established(string source, ushort port)
    {
        SessionView session = Create(Tcp(source, port));
        Segment(session, reply: false, Syn, 1000, 0);
        Segment(session, reply: true, Syn | Ack, 5000, 1001);
        Segment(session, reply: false, Ack, 1001, 5001);
        Assert.Equal(SessionStateName.Established, View(session.Ref).State);
        return session;
    }

    public unsafe FlowState* State(SessionView session, bool reply) => session.Ref.Family == IpFamily.V4
        ? &(reply ? Store.V4.Reply(session.Ref.Line) : Store.V4.Original(session.Ref.Line))->State
        : &(reply ? Store.V6.Reply(session.Ref.Line) : Store.V6.Original(session.Ref.Line))->State;

    public int PortsInUse => Store.Pools().Sum(p => p.InUse);

    public int PortsHeld => Store.Pools().Sum(p => p.Held);

    public void Dispose() => Store.Dispose();

    private static IpRange RangeOf(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length == 2 ? new IpRange(Ip(ends[0]), Ip(ends[1])) : new IpRange(IpPrefix.Parse(text));
    }
}
