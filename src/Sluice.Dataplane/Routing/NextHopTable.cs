using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>All next hops: native memory, read by workers without a lock, bounded.</summary>
/// <remarks>
/// <para>A next hop is named by a handle: its place in the table and a tag that changes when the place is given to another neighbour.
/// Sessions keep handles; <c>hop->Handle == handle</c> is the whole check that a kept handle still means what it meant, for any number that was kept.</para>
/// <para>Looking one up takes no lock. Making one, or telling it its neighbour's address, takes a spin lock; that happens once a neighbour.</para>
/// </remarks>
public sealed unsafe class NextHopTable : IDisposable
{
    /// <summary>"Not resolved", as <c>FlowState.NoNextHop</c>.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>Instead of a handle: the realm has no route to the destination.</summary>
    public const uint NoRoute = uint.MaxValue - 1;

    /// <summary>Instead of a handle: the destination is an address of the gateway itself.</summary>
    public const uint Local = uint.MaxValue - 2;

    /// <summary>Instead of a handle: every place is taken; the packet is dropped as <c>NoNeighbor</c>.</summary>
    public const uint Full = uint.MaxValue - 3;

    private const uint FirstReserved = uint.MaxValue - 15;

    private readonly NextHop* entries;
    private readonly NeighborIndex index;
    private readonly WantedQueue wanted;
    private readonly Queue<uint> free = new();
    private readonly List<uint> retiring = [];
    private readonly int slotBits;
    private Dictionary<ushort, LinkFacts> links = [];
    private SpinLock writing = new(enableThreadOwnerTracking: false);
    private uint used;
    private uint version;
    private bool disposed;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">The most next hops at once; rounded up to a power of two, at most 1,048,576.</param>
    public NextHopTable(int capacity = 65_536)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 20);
        Capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        slotBits = BitOperations.Log2((uint)Capacity);
        entries = (NextHop*)NativeMemory.AlignedAlloc((nuint)Capacity * (nuint)sizeof(NextHop), 64);
        NativeMemory.Clear(entries, (nuint)Capacity * (nuint)sizeof(NextHop));
        index = new NeighborIndex(entries, Capacity);
        wanted = new WantedQueue(1024);
    }

    /// <summary>The most next hops at once.</summary>
    public int Capacity { get; }

    /// <summary>How many are in use.</summary>
    public int Count => (int)used - free.Count - retiring.Count;

    /// <summary>Counts every change of what a next hop is told: who holds packets for a neighbour looks again when it has changed.</summary>
    public uint Version => Volatile.Read(ref version);

    /// <summary>Called by a worker when <see cref="TryTakeWanted"/> has something to take; must be short and neither block nor allocate.</summary>
    public Action? Wanting { get; set; }

    /// <summary>Whether the answer of a resolution is a handle (else it is <see cref="NoRoute"/>, <see cref="Local"/> or <see cref="Full"/>).</summary>
    public static bool IsHandle(uint answer) => answer < FirstReserved;

    /// <summary>The table as the packet loops read it; stays right as long as the table is.</summary>
    internal NextHopView View => new(entries, (uint)(Capacity - 1));

    /// <summary>The entry that a handle names. For a stale handle, or <see cref="None"/>, it is some entry with another handle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NextHop* At(uint handle) => entries + (handle & (uint)(Capacity - 1));

    /// <summary>The next hop for packets of a family to a neighbour on a link, made if there is none; or <see cref="Full"/>, or <see cref="NoRoute"/> if the link is gone.</summary>
    public uint FindOrAdd(ushort link, in IpAddress neighbor, IpFamily family, NeighborTable neighbors)
    {
        uint handle = index.Find(link, neighbor, family);
        return handle != None ? handle : AddSlow(link, neighbor, family, neighbors);
    }

    /// <summary>Notes that packets wait for an unresolved next hop; the control side takes it from <see cref="TryTakeWanted"/>.</summary>
    public void Want(uint handle)
    {
        NextHop* hop = At(handle);
        if (hop->Handle != handle || hop->Asked != 0) return;
        hop->Asked = 1;
        if (!wanted.TryAdd(handle)) hop->Asked = 0;
        Wanting?.Invoke();
    }

    /// <summary>Takes one neighbour that packets wait for. It is offered again when another packet wants it and it is still unresolved.</summary>
    public bool TryTakeWanted(out ushort link, out IpAddress address)
    {
        while (wanted.TryTake(out uint handle))
        {
            NextHop* hop = At(handle);
            if (hop->Handle != handle) continue;
            hop->Asked = 0;
            if (hop->State != NextHopState.Unresolved) continue;
            (link, address) = (hop->Link, hop->Address);
            return true;
        }

        (link, address) = (0, default);
        return false;
    }

    /// <summary>Says which links there are. The next hops of a link that is gone, or whose frames change, are forgotten: who kept a handle resolves again.</summary>
    public void SetLinks(IReadOnlyCollection<LinkFacts> now)
    {
        // Nothing is allocated under the lock: a worker may be waiting for it.
        var next = new Dictionary<ushort, LinkFacts>(now.Count);
        foreach (LinkFacts link in now) next[link.Index] = link;
        int[] places = index.EmptyPlaces();
        bool taken = false;
        writing.Enter(ref taken);
        Dictionary<ushort, LinkFacts> before = links;
        links = next;
        for (uint slot = 0; slot < used; slot++)
        {
            if (entries[slot].Handle == 0) continue;
            ushort link = entries[slot].Link;
            if (!next.TryGetValue(link, out LinkFacts? facts) || !facts.HasSameFramesAs(before[link])) Retire(slot);
        }

        index.Rebuild(places, used);
        writing.Exit(useMemoryBarrier: true);
    }

    /// <summary>
    /// Gives back places that were forgotten before the last call, and, where more than half of the table is in use, forgets next hops that are unresolved
    /// and that nobody waits for. To be called by the control side about once a second, and no sooner than every worker has finished a burst since the last call.
    /// </summary>
    public void Maintain()
    {
        int[]? places = Count > Capacity / 2 ? index.EmptyPlaces() : null;
        bool taken = false;
        writing.Enter(ref taken);
        foreach (uint slot in retiring) free.Enqueue(slot);
        retiring.Clear();
        if (places is not null)
        {
            for (uint slot = 0; slot < used; slot++)
            {
                NextHop* hop = entries + slot;
                if (hop->Handle != 0 && hop->State == NextHopState.Unresolved && hop->Asked == 0) Retire(slot);
            }

            index.Rebuild(places, used);
        }

        writing.Exit(useMemoryBarrier: true);
    }

    /// <summary>Tells the next hops of a neighbour its Ethernet address; null: that it is unknown again.</summary>
    internal void Tell(ushort link, in IpAddress neighbor, MacAddress? mac)
    {
        bool taken = false;
        writing.Enter(ref taken);
        TellOne(index.Find(link, neighbor, IpFamily.V4), mac);
        TellOne(index.Find(link, neighbor, IpFamily.V6), mac);
        Volatile.Write(ref version, version + 1);
        writing.Exit(useMemoryBarrier: true);
    }

    /// <summary>Gives the memory back; no worker may look at a next hop any more.</summary>
    public void Dispose()
    {
        if (!disposed) NativeMemory.AlignedFree(entries);
        disposed = true;
    }

    private void TellOne(uint handle, MacAddress? mac)
    {
        NextHop* hop = At(handle);
        if (hop->Handle != handle || hop->HeaderLength == 0) return;
        if (mac is { } known)
        {
            Volatile.Write(ref hop->HeaderStart, NextHopHeader.StartWith(known, hop->HeaderStart));
            Volatile.Write(ref hop->StateByte, (byte)NextHopState.Resolved);
        }
        else
        {
            Volatile.Write(ref hop->StateByte, (byte)NextHopState.Unresolved);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint AddSlow(ushort link, in IpAddress neighbor, IpFamily family, NeighborTable neighbors)
    {
        bool taken = false;
        writing.Enter(ref taken);
        uint handle = index.Find(link, neighbor, family);
        if (handle == None) handle = Add(link, neighbor, family, neighbors);
        writing.Exit(useMemoryBarrier: true);
        return handle;
    }

    private uint Add(ushort link, in IpAddress neighbor, IpFamily family, NeighborTable neighbors)
    {
        if (!links.TryGetValue(link, out LinkFacts? facts)) return NoRoute;
        if (!free.TryDequeue(out uint slot))
        {
            if (used == Capacity) return Full;
            slot = used++;
        }

        NextHop* hop = entries + slot;
        uint tag = NextTag(hop->LastTag);
        NextHopHeader.Fill(hop, facts, neighbor, family);
        hop->LastTag = tag;
        if (hop->HeaderLength == 0) hop->StateByte = (byte)NextHopState.Resolved;
        uint handle = tag << slotBits | slot;
        Volatile.Write(ref hop->Handle, handle);
        if (neighbors.TryGet(link, neighbor, out MacAddress mac)) TellOne(handle, mac);
        index.Add(slot);
        return handle;
    }

    private void Retire(uint slot)
    {
        Volatile.Write(ref entries[slot].Handle, 0);
        retiring.Add(slot);
    }

    // Tag 0 is in no handle, so a handle is never 0; the highest tags would meet the reserved answers.
    private uint NextTag(uint last) => last + 1 >= FirstReserved >> slotBits ? 1 : last + 1;
}
