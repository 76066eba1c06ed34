using System.Buffers.Binary;
using System.Diagnostics;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>What a stress run saw.</summary>
internal sealed class StressReport
{
    public long StableLookUps;
    public long FalseMisses;
    public long WrongRewrites;
    public long ChurnedHits;
    public long TornRewrites;
    public long Changes;
    public long Moves;
    public TimeSpan Took;

    public bool Faulty => FalseMisses + WrongRewrites + TornRewrites > 0;

    public override string ToString() =>
        $"{StableLookUps} stable look-ups: {FalseMisses} false misses, {WrongRewrites} wrong rewrites; {ChurnedHits} hits on churned keys: {TornRewrites} torn; "
        + $"{Changes} insertions and removals, {Moves} moves in {Took.TotalMilliseconds:F0} ms";
}

/// <summary>One worker inserts, removes and moves entries; another looks up flows that never change and flows that come and go, and checks every answer.</summary>
/// <remarks>
/// Stable flows tell false misses and strangers' lines. Churned flows carry a fresh number at each life in both words that a line writes, and lines are
/// poisoned before they are filled again, so a line seen half made, or made anew under a reader's eyes, shows as torn.
/// </remarks>
internal sealed unsafe class FlowStress<TProtocol> : IDisposable
    where TProtocol : struct, IFlowProtocol
{
    private const uint Stable = 4000;
    private const uint Churned = 64;
    private const uint MovedAround = 16;
    private const int MovesPerChange = 4;
    private const int Writer = 0;
    private const int Reader = 1;
    private const ushort Generation = 7;

    private readonly Epochs epochs = new(2);
    private readonly FlowTable<Flow4, FlowKey4, FlowLine4, TProtocol> table;
    private readonly StressReport report = new();
    private readonly int seed;
    private readonly Random readerRandom;
    private uint fromScratch;
    private volatile bool stop;

    public FlowStress(int seed)
    {
        this.seed = seed;
        readerRandom = new Random(~seed);
        table = new(new FlowTableLimits((int)(Stable + Churned), 0, 8192), TestFlows.Secret, epochs);
        epochs.Unpark(Writer);
        for (uint number = 0; number < Stable; number++)
        {
            table.Sessions.TryTake(Writer, out uint session);
            if (session != number) throw new InvalidOperationException("Stable sessions are expected to have their numbers.");
            FlowParts original = TestFlows.Parts(IpFamily.V4, number), reply = TestFlows.Reply(IpFamily.V4, number);
            if (TestFlows.Insert(table, session, in original, in reply) != InsertOutcome.Inserted)
                throw new InvalidOperationException("The stable sessions do not fit.");
        }

        epochs.Park(Writer);
    }

    public void Dispose()
    {
        table.Dispose();
        epochs.Dispose();
    }

    /// <summary>Runs until enough was seen; for <paramref name="longest"/> if it never is.</summary>
    public StressReport Run(TimeSpan longest, Func<StressReport, bool> isEnough)
    {
        var watch = Stopwatch.StartNew();
        var writer = new Thread(Write) { IsBackground = true };
        epochs.Unpark(Reader);
        writer.Start();
        do
        {
            Read();
            report.Took = watch.Elapsed;
        }
        while (report.Took < longest && !isEnough(report));
        stop = true;
        epochs.Park(Reader);
        writer.Join();
        return report;
    }

    private void Write()
    {
        var random = new Random(seed);
        uint[] lives = new uint[Churned];
        uint[] sessions = new uint[Churned];
        Array.Fill(sessions, FlowLines.None);
        epochs.Unpark(Writer);
        while (!stop)
        {
            uint number = (uint)random.Next((int)Churned);
            if (sessions[number] == FlowLines.None) sessions[number] = Begin(number, ++lives[number] & 0xFFFF);
            else
            {
                End(sessions[number]);
                sessions[number] = FlowLines.None;
            }

            for (int i = 0; i < MovesPerChange; i++)
                if (table.Relocate((uint)random.Next((int)MovedAround), random.Next(2))) report.Moves++;
            report.Changes++;
            if ((report.Changes & 15) == 0) epochs.Pass(Writer);
        }

        epochs.Park(Writer);
    }

    private uint Begin(uint number, uint life)
    {
        if (table.Sessions.TryTake(Writer, out uint session) != TakeOutcome.Taken)
        {
            // Every spare line waits for the reader, which has lost its core.
            epochs.Pass(Writer);
            Thread.Yield();
            return FlowLines.None;
        }

        Poison(table.Original(session));
        Poison(table.Reply(session));
        TProtocol.Linger();
        Fill(table.Original(session), ChurnedKey(number));
        Fill(table.Reply(session), ChurnedReply(number, life));
        InsertOutcome outcome = table.InsertPair(session, out _);
        if (outcome != InsertOutcome.Inserted) throw new InvalidOperationException($"A churned flow was not inserted: {outcome}.");
        return session;
    }

    private void End(uint session)
    {
        if (!table.RemovePair(session)) throw new InvalidOperationException("A churned session was gone.");
        table.RetirePair(Writer, session);
    }

    private void Read()
    {
        const int Chunk = FlowPasses<Flow4, FlowKey4, FlowLine4>.Chunk;
        FlowWork<FlowKey4>* works = stackalloc FlowWork<FlowKey4>[Chunk];
        uint* flows = stackalloc uint[Chunk];
        for (int burst = 0; burst < 4; burst++)
        {
            for (int i = 0; i < Chunk; i++)
            {
                flows[i] = Pick(readerRandom);
                works[i] = new FlowWork<FlowKey4> { Key = KeyOf(flows[i]) };
            }

            FlowPasses<Flow4, FlowKey4, FlowLine4>.Prepare(in table.View, new Span<FlowWork<FlowKey4>>(works, Chunk));
            FlowPasses<Flow4, FlowKey4, FlowLine4>.Probe(in table.View, new Span<FlowWork<FlowKey4>>(works, Chunk));
            for (int i = 0; i < Chunk; i++) Check(flows[i], works + i);
            epochs.Pass(Reader);
        }
    }

    // Third pass, as a stage does it: key, life, then what to write.
    private void Check(uint flow, FlowWork<FlowKey4>* work)
    {
        uint line = work->Line;

        // Flows that are moved about are looked up from scratch every other time, as a packet quoted by an ICMP error is.
        if (flow < MovedAround && (++fromScratch & 1) != 0) line = FlowLines.None;
        if (line == FlowLines.None || !Flow4.Matches(table.Line(line), in work->Key) || Volatile.Read(ref table.Line(line)->State.Generation) == 0)
            line = table.ResolveSlow(in work->Key, work->Hash);
        bool churned = flow >= 2 * Stable;
        if (line == FlowLines.None)
        {
            if (!churned) report.FalseMisses++;
            return;
        }

        // The widened window between the comparison and the use of a line.
        if (churned) TProtocol.Linger();
        FlowTuple4 write = table.Line(line)->Write;
        if (churned)
        {
            report.ChurnedHits++;

            // The reply's key has the life's number as port and in an address: both words that are written must tell of one life.
            uint life = BinaryPrimitives.ReverseEndianness((ushort)write.Ports);
            FlowLine4 expected = default;
            Flow4.SetWrite(&expected, ChurnedReply(flow - (2 * Stable), life));
            if (write.Addresses != expected.Write.Addresses || write.Ports != expected.Write.Ports) report.TornRewrites++;
        }
        else
        {
            report.StableLookUps++;
            FlowLine4 expected = default;
            Flow4.SetWrite(&expected, KeyOf(flow < Stable ? flow + Stable : flow - Stable));
            if (write.Addresses != expected.Write.Addresses || write.Ports != expected.Write.Ports) report.WrongRewrites++;
        }
    }

    // A third each: flows that are moved about, all stable flows, churned flows.
    private static uint Pick(Random random) => random.Next(3) switch
    {
        0 => (uint)random.Next((int)MovedAround),
        1 => (uint)random.Next((int)(2 * Stable)),
        _ => (2 * Stable) + (uint)random.Next((int)Churned),
    };

    private static FlowKey4 KeyOf(uint flow) => flow switch
    {
        < Stable => Flow4.MakeKey(TestFlows.Parts(IpFamily.V4, flow)),
        < 2 * Stable => Flow4.MakeKey(TestFlows.Reply(IpFamily.V4, flow - Stable)),
        _ => ChurnedKey(flow - (2 * Stable)),
    };

    private static FlowKey4 ChurnedKey(uint number) => Flow4.MakeKey(TestFlows.Parts(IpFamily.V4, 1_000_000 + number));

    private static FlowKey4 ChurnedReply(uint number, uint life) => Flow4.MakeKey(TestFlows.Reply(IpFamily.V4, 1_000_000 + number, life));

    private static void Poison(FlowLine4* line) => new Span<byte>(line, sizeof(FlowLine4)).Fill(0xDE);

    private static void Fill(FlowLine4* line, in FlowKey4 key)
    {
        line->State = default;
        line->State.LastSeen = 1000;
        Volatile.Write(ref line->State.Generation, Generation);
        line->Key = key;
    }
}
