using System.Collections.Immutable;
using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;

namespace Sluice.Policy.Translations;

/// <summary>A translation as packets are judged by it: a virtual endpoint, its backends, and the choice among them.</summary>
/// <remarks>All of it is fixed but the health of the backends: a change makes another choice and swaps one reference, so a decision sees the one or the other.</remarks>
public sealed class VirtualService
{
    private readonly bool[] down;
    private readonly ulong[] pins = [];
    private ulong identity;
    private volatile BackendChoice choice;

    internal VirtualService(ImmutableArray<Backend> backends, int firstBackend, int tableSize)
    {
        Backends = backends;
        FirstBackend = firstBackend;
        TableSize = tableSize;
        down = new bool[backends.Length];
        choice = Build();
    }

    /// <summary>The document's name.</summary>
    public required string Name { get; init; }

    /// <summary>The realm of the virtual address and of the backends.</summary>
    public required ushort Realm { get; init; }

    /// <summary>The virtual address.</summary>
    public required IpAddress Address { get; init; }

    /// <summary>The virtual ports.</summary>
    public required PortRange Ports { get; init; }

    /// <summary>The IP protocol number.</summary>
    public required byte Protocol { get; init; }

    /// <summary>The clients that it is for, as their packets come; none: all.</summary>
    public required ImmutableArray<IpPrefix> Sources { get; init; }

    /// <summary>What of a packet the choice depends on.</summary>
    public required FlowHashFields HashFields { get; init; }

    /// <summary>Index in <see cref="GatewayPolicy.Rules"/>.</summary>
    public required uint Rule { get; init; }

    /// <summary>Index in <see cref="GatewayPolicy.Timers"/>.</summary>
    public required int Timers { get; init; }

    /// <summary>Whether TCP sessions of a backend that is listed no more are left to finish.</summary>
    public required bool DrainsRemoved { get; init; }

    /// <summary>How long after its last new session a client keeps its backend; null: no longer than a session.</summary>
    public TimeSpan? Affinity
    {
        get;
        init
        {
            field = value;
            pins = value is null ? [] : [.. Backends.Select(static backend => backend.Pin)];
        }
    }

    /// <summary>By what clients' backends are remembered for it: follows from its name alone, so it is the same in every configuration.</summary>
    internal ulong Identity => identity != 0 ? identity : identity = IdentityOf(Name);

    /// <summary>The backends, in an order that doesn't follow that of the document.</summary>
    public ImmutableArray<Backend> Backends { get; }

    /// <summary>The number that <see cref="Decision.Backend"/> has for the first of the backends; the others follow.</summary>
    public int FirstBackend { get; }

    // Slots of the Maglev table; 0: by weight.
    private int TableSize { get; }

    /// <summary>The place in <see cref="Backends"/> of the one that a packet is for, or <see cref="BackendChoice.None"/>.</summary>
    internal int Choose(in FirstPacket packet) => choice.Choose(FlowHash.Of(packet, HashFields));

    /// <summary>Writes the choice down for <see cref="ServiceLine"/>: how many can be chosen, or <see cref="ServiceLine.AskService"/> where it doesn't fit.</summary>
    internal byte TryWriteChoice(Span<uint> weights, out ulong places) => choice.Write(weights, out places) is >= 0 and int count ? (byte)count : ServiceLine.AskService;

    /// <summary>The lines of the service, as its own realm and peers see it.</summary>
    internal ImmutableArray<int> Lines { get; set; } = [];

    /// <summary>Whether no backend is known to be down.</summary>
    internal bool IsWhole => !down.AsSpan().Contains(true);

    /// <summary>Says whether a backend can be reached. Of one control thread.</summary>
    internal void SetUp(int backend, bool isUp)
    {
        if (down[backend] == !isUp) return;
        down[backend] = !isUp;
        choice = Build();
    }

    /// <summary>Whether a backend can be reached, as far as is known.</summary>
    public bool IsUp(int backend) => !down[backend];

    /// <summary>Whether a backend may get a new session: it is up, and drains only where all do that are up.</summary>
    internal bool MayGet(int backend) => !down[backend] && (Backends[backend].Weight > 0 || !choice.IsAnyActive);

    /// <summary>A backend's part of new sessions at the moment, from 0 to 1; a Maglev table gives it nearly that.</summary>
    public double ShareOf(int backend)
    {
        if (!MayGet(backend)) return 0;
        if (!choice.IsAnyActive) return 1.0 / Enumerable.Range(0, Backends.Length).Count(MayGet);
        return (double)Backends[backend].Weight / Enumerable.Range(0, Backends.Length).Where(MayGet).Sum(place => (long)Backends[place].Weight);
    }

    /// <summary>What a client's backend is remembered by, where there is affinity.</summary>
    internal ulong PinOf(int backend) => pins[backend];

    /// <summary>The place of the backend that a client had, or <see cref="BackendChoice.None"/> where it is listed no more.</summary>
    internal int Pinned(ulong pin) => Array.IndexOf(pins, pin);

    /// <summary>The port of a backend for a virtual port.</summary>
    internal ushort PortOf(Backend backend, ushort port) => backend.FirstPort is { } first ? (ushort)(port - Ports.First + first) : port;

    private static ulong IdentityOf(string name)
    {
        ulong hash = 0;
        foreach (char letter in name) hash = FlowHash.Mix(hash + letter + 1);
        return hash;
    }

    private BackendChoice Build()
    {
        var shares = new BackendShare[Backends.Length];
        for (int i = 0; i < shares.Length; i++) shares[i] = new BackendShare(Backends[i].Identity, Backends[i].Weight, !down[i]);
        return TableSize > 0 ? BackendChoice.ByMaglev(shares, TableSize) : BackendChoice.ByWeight(shares);
    }
}
