using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>Finds the next hop of a neighbour: open addressing over the entries themselves. Read without a lock; written under the table's.</summary>
internal sealed unsafe class NeighborIndex(NextHop* entries, int capacity)
{
    // Twice as many places as entries, so that a probe is short and always ends. A place holds an entry's number plus 1.
    private int[] places = new int[capacity * 2];

    /// <summary>The handle, or <see cref="NextHopTable.None"/>.</summary>
    internal uint Find(ushort link, in IpAddress neighbor, IpFamily family)
    {
        int[] at = Volatile.Read(ref places);
        for (uint place = Hash(link, neighbor, family); ; place++)
        {
            int entry = Volatile.Read(ref at[place & (uint)(at.Length - 1)]);
            if (entry == 0) return NextHopTable.None;
            NextHop* hop = entries + (entry - 1);
            uint handle = Volatile.Read(ref hop->Handle);
            if (handle != 0 && hop->Link == link && hop->Family == family && hop->AddressLow == (ulong)neighbor.Value
                && hop->AddressHigh == (ulong)(neighbor.Value >> 64) && hop->AddressFamily == neighbor.Family) return handle;
        }
    }

    internal void Add(uint slot) => Add(places, slot);

    /// <summary>Room for an index made anew.</summary>
    internal int[] EmptyPlaces() => new int[capacity * 2];

    /// <summary>Makes the index anew without what was forgotten; readers see the old or the new one.</summary>
    internal void Rebuild(int[] fresh, uint used)
    {
        for (uint slot = 0; slot < used; slot++)
            if (entries[slot].Handle != 0) Add(fresh, slot);
        Volatile.Write(ref places, fresh);
    }

    private void Add(int[] at, uint slot)
    {
        NextHop* hop = entries + slot;
        uint place = Hash(hop->Link, hop->Address, hop->Family);
        while (at[place & (uint)(at.Length - 1)] != 0) place++;
        Volatile.Write(ref at[place & (uint)(at.Length - 1)], (int)slot + 1);
    }

    // Not keyed: who is on a connected network can fill the table anyway, and the table is bounded and swept.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ushort link, in IpAddress neighbor, IpFamily family)
    {
        ulong mixed = ((ulong)neighbor.Value ^ (ulong)(neighbor.Value >> 64) * 0x9E37_79B9_7F4A_7C15 ^ (ulong)link << 40 ^ (ulong)family << 56) * 0xD6E8_FEB8_6659_FD93;
        return (uint)(mixed >> 32);
    }
}
