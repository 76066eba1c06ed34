using Sluice.Dataplane.Routing;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>A filled flow table with next hops, and every core that runs on it.</summary>
internal sealed unsafe class CoreSetup<TCore, TFamily, TKey, TLine> : IDisposable
    where TCore : struct, ICoreFamily<TKey, TLine>
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    private const ushort Generation = 7;
    private const uint Now = 1_000_000;
    private static readonly HashSecret Secret = new(0x0F1E_2D3C_4B5A_6978, 0x8796_A5B4_C3D2_E1F0);
    private static readonly MacAddress InsideNeighbor = MacAddress.Parse("02:00:00:00:01:01");
    private static readonly MacAddress OutsideNeighbor = MacAddress.Parse("02:00:00:00:02:01");

    private readonly Epochs epochs = new(1);
    private readonly NativeArena arena = new();
    private readonly NextHopTable nextHops = new(16);
    private readonly FlowTable<TFamily, TKey, TLine> table;
    private readonly CoreContext* context;
    private readonly uint sessions;

    public CoreSetup(uint sessions)
    {
        this.sessions = sessions;
        epochs.Unpark(0);
        table = new(new FlowTableLimits((int)sessions, 0), Secret, epochs);
        context = arena.Allocate<CoreContext>(1);
        uint inside = AddNextHop(CoreFlows.InsideRealm, InsideNeighbor), outside = AddNextHop(CoreFlows.OutsideRealm, OutsideNeighbor);
        long before = Memory.Resident;
        for (uint session = 0; session < sessions; session++) Add(session, inside, outside);
        BytesPerSession = (double)(Memory.Resident - before) / sessions;
        *context = new CoreContext
        {
            Buckets = table.View.Buckets,
            Lines = table.View.Lines,
            BucketCount = table.View.BucketCount,
            Secret = Secret,
            NextHops = nextHops.At(0),
            NextHopMask = (ulong)nextHops.Capacity - 1,
            IdleMilliseconds = arena.Allocate<uint>(1),
            Mac = LinkFrame.Ethernet(FrameBank.GatewayMac).Mac,
            Now = Now,
            Generation = Generation,
        };
        *context->IdleMilliseconds = 7_440_000;
    }

    /// <summary>Resident memory that the table took for each session.</summary>
    public double BytesPerSession { get; }

    /// <summary>Packets that a core left to slower code.</summary>
    public ulong Left => context->Left;

    public ICore NewCore() => new SessionCore<TCore, TFamily, TKey, TLine>(table, context, arena);

    public ICore NewCCore(nint library) => new CCore(library, TFamily.Family, context);

    public ICore NewNaiveCore() => new NaiveCore(sessions, Generation, Now, Header(InsideNeighbor), Header(OutsideNeighbor));

    /// <summary>A millisecond passes.</summary>
    public void Tick() => context->Now++;

    public void Dispose()
    {
        table.Dispose();
        nextHops.Dispose();
        arena.Dispose();
        epochs.Dispose();
    }

    private void Add(uint session, uint inside, uint outside)
    {
        if (table.Sessions.TryTake(0, out uint taken) != TakeOutcome.Taken) throw new InvalidOperationException("The table is too small.");
        Fill(table.Original(taken), TCore.KeyOf(session, reply: false), outside, CoreFlows.OutsideRealm, seen: 0);
        Fill(table.Reply(taken), TCore.KeyOf(session, reply: true), inside, CoreFlows.InsideRealm, FlowState.Reply);
        InsertOutcome outcome = table.InsertPair(taken, out _);
        if (outcome != InsertOutcome.Inserted) throw new InvalidOperationException($"A session was not inserted: {outcome}.");
    }

    private static void Fill(TLine* line, in TKey key, uint nextHop, ushort realm, byte seen)
    {
        *TFamily.KeyOf(line) = key;
        *TFamily.StateOf(line) = new FlowState
        {
            Generation = Generation,
            LastSeen = Now,
            NextHop = nextHop,
            RealmTo = realm,
            Seen = (byte)(seen | FlowState.SeenSyn | FlowState.SeenAck),
        };
    }

    private uint AddNextHop(ushort realm, MacAddress mac)
    {
        var facts = new LinkFacts { Index = realm, Realm = realm, HasEthernet = true, Mac = FrameBank.GatewayMac };
        links.Add(facts);
        nextHops.SetLinks(links);
        var neighbors = new NeighborTable(nextHops);
        IpAddress address = TFamily.Family == IpFamily.V4 ? IpAddress.V4(realm) : IpAddress.V6(realm);
        neighbors.Learn(realm, in address, mac);
        return nextHops.FindOrAdd(realm, in address, TFamily.Family, neighbors);
    }

    private readonly List<LinkFacts> links = [];

    private static byte[] Header(MacAddress destination)
    {
        byte[] header = new byte[14];
        destination.CopyTo(header);
        FrameBank.GatewayMac.CopyTo(header.AsSpan(6));
        header[12] = 0x08;
        return header;
    }
}
