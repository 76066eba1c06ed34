using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>All public addresses that were ever used, found by realm and address. They outlive pools and reloads: a port's owner is known by its bit here and nowhere else.</summary>
internal sealed unsafe class PublicAddresses : IDisposable
{
    /// <summary>"No address": none exists, or the limit is reached.</summary>
    public const uint None = 0;

    private readonly NativeArena arena = new();
    private readonly PublicAddress* entries;
    private readonly ChainHeads heads;
    private readonly HashSecret secret;
    private readonly uint limit;
    private readonly List<nint> blocks = [];
    private readonly Lock gate = new();
    private uint count;
    private long bytes;

    public PublicAddresses(int limit, HashSecret secret)
    {
        this.limit = (uint)limit;
        this.secret = secret;
        entries = arena.Allocate<PublicAddress>(this.limit + 1);
        heads = new ChainHeads(arena, this.limit);
    }

    /// <summary>How many there are; they are numbered from 1.</summary>
    public uint Count => Volatile.Read(ref count);

    /// <summary>Whoever adds an address, or claims ports of some, holds it.</summary>
    public Lock Gate => gate;

    /// <summary>Told of an address before it can be found.</summary>
    public Action<uint>? Added { get; set; }

    /// <summary>Bytes of port bits and share counts.</summary>
    public long Bytes => Volatile.Read(ref bytes) + (Count * (long)sizeof(PublicAddress));

    /// <summary>An address by its number.</summary>
    public PublicAddress* this[uint number] => entries + number;

    /// <summary>A space of ports by its address's number.</summary>
    public PortSpace* SpaceOf(uint number, PortClass ports) => &(entries + number)->Tcp + (int)ports;

    /// <summary>The number of an address, or <see cref="None"/>. Takes no lock.</summary>
    public uint Find(ushort realm, IpAddress address)
    {
        ChainHead* head = heads.Of(AddressHash.Of(realm, address, in secret));

        // Addresses are only ever added, at the chain's beginning: a walk needs no second look.
        for (uint number = Volatile.Read(ref head->First); number != None; number = entries[number].Next)
            if (entries[number].Realm == realm && entries[number].Address == address) return number;
        return None;
    }

    /// <summary>The number of an address, made if it is new; <see cref="None"/> if the limit is reached.</summary>
    public uint FindOrAdd(ushort realm, IpAddress address)
    {
        uint found = Find(realm, address);
        if (found != None) return found;
        lock (gate)
        {
            found = Find(realm, address);
            if (found != None || count == limit) return found;
            ChainHead* head = heads.Of(AddressHash.Of(realm, address, in secret));
            uint added = count + 1;
            PublicAddress* entry = entries + added;
            entry->Realm = realm;
            entry->Family = address.Family;
            entry->High = (ulong)(address.Value >> 64);
            entry->Low = (ulong)address.Value;
            entry->Next = head->First;
            Added?.Invoke(added);
            Volatile.Write(ref head->First, added);
            Volatile.Write(ref count, added);
            return added;
        }
    }

    /// <summary>Gives a space its bits, and its share counts where they are asked for. Idempotent.</summary>
    public void Prepare(PortSpace* space, bool shares)
    {
        if (Volatile.Read(ref *(nint*)&space->Bits) != 0 && (!shares || Volatile.Read(ref *(nint*)&space->Shares) != 0)) return;
        PrepareSlow(space, shares);
    }

    /// <summary>Gives a space what claims need. Idempotent.</summary>
    public void PrepareClaims(PortSpace* space)
    {
        Prepare(space, shares: false);
        lock (gate)
        {
            if (space->Claimed == null) Volatile.Write(ref *(nint*)&space->Claimed, (nint)Allocate(2 * PortSpace.Words * sizeof(ulong)));
        }
    }

    /// <summary>Starts or ends a copy of a space's bits.</summary>
    public void SetMirror(PortSpace* space, ulong* words)
    {
        Prepare(space, shares: false);
        Volatile.Write(ref *(nint*)&space->Mirror, (nint)words);
        Interlocked.MemoryBarrier();
        if (words == null) return;

        // Whoever takes or frees a port from now on writes the copy too; what was before is copied until it holds still.
        for (int word = 0; word < PortSpace.Words; word++)
        {
            ulong seen;
            do
            {
                seen = Volatile.Read(ref space->Bits[word]);
                Interlocked.Exchange(ref words[word], seen);
            }
            while (Volatile.Read(ref space->Bits[word]) != seen);
        }
    }

    public void Dispose()
    {
        foreach (nint block in blocks) NativeMemory.Free((void*)block);
        blocks.Clear();
        arena.Dispose();
    }

    private void PrepareSlow(PortSpace* space, bool shares)
    {
        lock (gate)
        {
            if (shares && space->Shares == null) Volatile.Write(ref *(nint*)&space->Shares, (nint)Allocate(PortSpace.ShareBytes));
            if (space->Bits != null) return;
            byte* memory = (byte*)Allocate(PortSpace.BitBytes);
            space->FullBlocks = memory + (PortSpace.Words * sizeof(ulong));
            Volatile.Write(ref *(nint*)&space->Bits, (nint)memory);
        }
    }

    // Zeroed by the C library: large blocks come from the kernel and are backed when they are touched.
    private void* Allocate(int size)
    {
        void* memory = NativeMemory.AllocZeroed((nuint)size);
        blocks.Add((nint)memory);
        bytes += size;
        return memory;
    }
}
