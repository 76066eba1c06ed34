using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Sluice.Dataplane.Records;
using Sluice.Dataplane.Stages;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Workers;

/// <summary>
/// One worker: takes bursts from its queue of every link and runs each through the stages, to completion. The order of the stages is
/// <see cref="Process"/>, top to bottom.
/// </summary>
internal sealed unsafe class Worker : IDisposable
{
    /// <summary>Packets in a burst at most.</summary>
    public const int Burst = 256;

    private const int Chunk = FlowPasses<Flow4, FlowKey4, FlowLine4>.Chunk;
    private const int Ahead = 16;
    private const int SweptLines = 64;
    private const int SweepsBetweenBursts = 16;

    private readonly WorkerContext context;
    private readonly Decide decide;
    private readonly FlowStage<PacketFamily4, Flow4, FlowKey4, FlowLine4> flows4;
    private readonly FlowStage<PacketFamily6, Flow6, FlowKey6, FlowLine6> flows6;
    private readonly ErrorStage<PacketFamily4, Flow4, FlowKey4, FlowLine4> errors4;
    private readonly ErrorStage<PacketFamily6, Flow6, FlowKey6, FlowLine6> errors6;
    private readonly PortlessStage<PacketFamily4, Flow4, FlowKey4, FlowLine4> portless4;
    private readonly PortlessStage<PacketFamily6, Flow6, FlowKey6, FlowLine6> portless6;
    private readonly PlainStage plain;
    private readonly NeighborStage neighbors;
    private readonly Packet* packets;
    private readonly WorkerPort?[] portByLink = new WorkerPort?[WorkerCounters.Links];
    private WorkerPort[] ports = [];

    public Worker(SharedState shared, int number)
    {
        Number = number;
        context = new WorkerContext(shared, number);
        decide = new Decide(context);
        flows4 = new(context, shared.Store.V4, decide);
        flows6 = new(context, shared.Store.V6, decide);
        errors4 = new(context, shared.Store.V4, decide);
        errors6 = new(context, shared.Store.V6, decide);
        portless4 = new(context, shared.Store.V4, decide);
        portless6 = new(context, shared.Store.V6, decide);
        plain = new PlainStage(context);
        neighbors = new NeighborStage(context);
        packets = (Packet*)NativeMemory.AlignedAlloc(Burst * (nuint)sizeof(Packet), 64);
    }

    /// <summary>The worker's number, from 0.</summary>
    public int Number { get; }

    /// <summary>This worker's counters.</summary>
    public WorkerCounters* Counters => context.Counters;

    /// <summary>What rules ask to be told, for the control side.</summary>
    public RuleLog Records => context.Records;

    /// <summary>Adds the dropped packets by the realm that they came from.</summary>
    public void AddDrops(Dictionary<ushort, ulong> totals) => context.AddDrops(totals);

    /// <summary>Told of every burst when it is done; null outside of replay and traces.</summary>
    public IBurstObserver? Observer { get; set; }

    /// <summary>The queues that this worker drains. Changed between two bursts only.</summary>
    public IReadOnlyList<WorkerPort> Ports => ports;

    /// <summary>Packets that wait for a neighbour.</summary>
    public int HeldCount => context.Delivery.Held;

    /// <summary>Whether the sweep had more to do than the last turn did: a worker with nothing else to do does not sleep over it.</summary>
    public bool SweepIsBehind { get; private set; }

    /// <summary>Takes the queue of one more link.</summary>
    public void AddPort(WorkerPort port) => SetPorts([.. ports, port]);

    /// <summary>Gives up the queue of a link and closes it.</summary>
    public void RemovePort(ushort link)
    {
        foreach (WorkerPort port in ports)
            if (port.Port.Index == link) port.Dispose();
        SetPorts(Array.FindAll(ports, port => port.Port.Index != link));
    }

    /// <summary>Replaces what is known of a link.</summary>
    public void UpdatePort(LinkPort changed) =>
        SetPorts(Array.ConvertAll(ports, port => port.Port.Index == changed.Index ? port.With(changed) : port));

    /// <summary>Begins to look at the tables; see <see cref="Epochs"/>.</summary>
    public void Unpark() => context.Sessions.Unpark();

    /// <summary>Stops looking at the tables, so that nobody waits for this worker while it sleeps.</summary>
    public void Park() => context.Sessions.Park();

    /// <summary>Works on one burst of every queue, and on what is due.</summary>
    /// <returns>How many packets were received.</returns>
    public int RunAll(uint now)
    {
        context.Sessions.Pass();
        context.Now = now;
        context.TakeRules();
        int received = 0;
        if (context.Delivery.Held != 0)
        {
            context.Delivery.Poll();
            Flush();
        }

        foreach (WorkerPort port in ports) received += Run(port);
        SweepBetweenBursts();
        if (!context.Made.IsEmpty) Flush();
        return received;
    }

    /// <summary>Puts sessions to the rules in force, one after the other.</summary>
    public void Revalidate(IEnumerable<SessionView> sessions, uint now)
    {
        context.Now = now;
        context.TakeRules();
        foreach (SessionView session in sessions)
        {
            // Ends may be told that they end.
            decide.Again.IsStillGood(session.Ref.Family, session.Ref.Line, waits: false);
            if (!context.Made.IsEmpty) Flush();
        }
    }

    /// <summary>Runs every pass once on nothing, so that no packet waits for code.</summary>
    public void WarmUp(uint now)
    {
        context.Now = now;
        Packet none = default;
        Parse(LinkFrame.Raw, &none, 0, 0, 0, 0);
        flows4.Probe(&none, &none);
        flows6.Probe(&none, &none);
        Finish(&none, 0);
    }

    public void Dispose()
    {
        foreach (WorkerPort port in ports) port.Dispose();
        flows4.Dispose();
        flows6.Dispose();
        context.Dispose();
        NativeMemory.AlignedFree(packets);
    }

    private int Run(WorkerPort port)
    {
        int count = port.Queue.Receive(packets, Burst);
        if (count == 0) return 0;
        Process(port, count);
        Flush();
        Observer?.Observe(port.Port, packets, count);
        port.Queue.Release();
        context.Counters->Bursts++;
        return count;
    }

    private void SetPorts(WorkerPort[] changed)
    {
        ports = changed;
        Array.Clear(portByLink);
        foreach (WorkerPort port in changed) portByLink[port.Port.Index] = port;
    }

    /// <summary>Hands every list of finished packets to its link.</summary>
    private void Flush()
    {
        OutputLists outputs = context.Outputs;
        foreach (ushort link in outputs.Waiting)
        {
            Packet** list = outputs.ListOf(link);
            int count = outputs.CountOf(link);
            if (portByLink[link] is { } port) port.Egress.Send(list, count).AddTo(context.Counters, link);
            else DropListSlow(list, count);
        }

        outputs.Clear();
        context.Made.Clear();
    }

    // Routes and links change one after the other: for a moment packets may be routed to a link that this worker no longer has.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DropListSlow(Packet** list, int count)
    {
        for (int i = 0; i < count; i++) context.Drop(list[i], DropReason.LinkFull);
    }

    /// <summary>Looks at a few lines: ends what is due, and puts what an older generation allowed to the rules in force.</summary>
    /// <returns>How many lines were visited; fewer than <see cref="SweptLines"/> where the round is not behind its time.</returns>
    [SkipLocalsInit]
    private int Sweep()
    {
        Span<SessionRef> stale = stackalloc SessionRef[SweptLines];
        int visited = context.Store.Sweep(context.Sessions, context.Now, SweptLines, context.Rules.Generation, stale, out int count);
        foreach (SessionRef session in stale[..count]) decide.Again.IsStillGood(session.Family, session.Line);
        return visited;
    }

    // Few packets mean few chunks to sweep between: what is left of the round is done between bursts, a little at a time.
    private void SweepBetweenBursts()
    {
        for (int i = 0; i < SweepsBetweenBursts; i++)
        {
            SweepIsBehind = Sweep() == SweptLines;
            if (!context.Made.HasRoomFor(2 * SweptLines)) Flush();
            if (!SweepIsBehind) return;
        }
    }

    private void Process(WorkerPort port, int count)
    {
        for (int start = 0; start < count; start += Chunk)
        {
            Packet* chunk = packets + start;
            int length = Math.Min(Chunk, count - start);
            Parse(port.Frame, chunk, length, count - start, port.Port.Realm, port.Port.Index);
            flows4.Probe(chunk, chunk + length);
            flows6.Probe(chunk, chunk + length);
            Finish(chunk, length);
            context.Sessions.Forget();
            Sweep();
        }
    }

    /// <summary>Parses a chunk and calls for the buckets of its flows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Parse(LinkFrame frame, Packet* chunk, int length, int available, ushort realm, ushort link)
    {
        FlowStage<PacketFamily4, Flow4, FlowKey4, FlowLine4>.Intake intake4 = flows4.Begin();
        FlowStage<PacketFamily6, Flow6, FlowKey6, FlowLine6>.Intake intake6 = flows6.Begin();
        Packet* end = chunk + length, last = chunk + available - Ahead;
        ulong bytes = 0;
        for (Packet* packet = chunk; packet < end; packet++)
        {
            if (packet < last && Sse.IsSupported)
            {
                // Headers reach into the second line wherever a frame does not begin at one.
                byte* ahead = packet[Ahead].Data;
                Sse.Prefetch0(ahead);
                Sse.Prefetch0(ahead + 64);
            }

            packet->Realm = realm;
            packet->Link = link;
            bytes += (uint)packet->Length;
            PacketParser.Parse(packet, in frame);
            if (packet->Kind == PacketKind.Flow4) intake4.Take(packet);
            else if (packet->Kind == PacketKind.Flow6) intake6.Take(packet);
        }

        flows4.Accept(intake4);
        flows6.Accept(intake6);
        WorkerCounters* counters = context.Counters;
        counters->In += (uint)length;
        counters->LinkIn[link] += (uint)length;
        counters->LinkBytesIn[link] += bytes;
    }

    /// <summary>Everything that depends on order happens here, packet by packet as they came; runs of one kind stay together.</summary>
    private void Finish(Packet* chunk, int length)
    {
        Packet* end = chunk + length;
        while (chunk < end)
        {
            switch (chunk->Kind)
            {
                case PacketKind.Flow4:
                    chunk = flows4.Finish(chunk, end);
                    break;
                case PacketKind.Flow6:
                    chunk = flows6.Finish(chunk, end);
                    break;
                default:
                    FinishOtherSlow(chunk++);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FinishOtherSlow(Packet* packet)
    {
        switch (packet->Kind)
        {
            case PacketKind.Error4:
                if (!errors4.TryTranslateSlow(packet)) plain.UnmatchedError(packet);
                break;
            case PacketKind.Error6:
                if (!errors6.TryTranslateSlow(packet)) plain.UnmatchedError(packet);
                break;
            case PacketKind.Fragment4 or PacketKind.Fragment6:
                plain.Fragment(packet);
                break;
            case PacketKind.Other4:
                if (!portless4.TryFollowSlow(packet) && plain.Other(packet, out Decision flow4)) portless4.BeginSlow(packet, in flow4);
                break;
            case PacketKind.Other6:
                if (!portless6.TryFollowSlow(packet) && plain.Other(packet, out Decision flow6)) portless6.BeginSlow(packet, in flow6);
                break;
            case PacketKind.Arp:
                neighbors.Arp(packet);
                break;
            case PacketKind.NeighborDiscovery:
                neighbors.Discovery(packet);
                break;
            case PacketKind.OtherFrame:
                context.Drop(packet, DropReason.UnsupportedProtocol);
                break;
            default:
                context.Drop(packet, packet->Reason);
                break;
        }
    }
}
