using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;

namespace Sluice.Policy.Translations;

/// <summary>The virtual addresses of a realm that has many, found by one look at a cache line where the tree of its map would take one for each level.</summary>
/// <remarks>
/// It says nothing that the map doesn't say, and beside it where what the decision goes on to read most likely lies: so all of that is called for at once. Two entries stand in a
/// line; one that finds its line full stands in the next, and a line with room ends the search.
/// </remarks>
internal readonly struct HostIndex
{
    /// <summary>Realms with fewer virtual addresses have none: their trees are low.</summary>
    internal const int Least = 1024;

    private const int PerLine = 2;

    private readonly LineTable<HostEntry> entries;
    private readonly uint lines;

    internal HostIndex(IReadOnlyCollection<HostEntry> hosts)
    {
        lines = BitOperations.RoundUpToPowerOf2((uint)hosts.Count);
        var table = new HostEntry[lines * PerLine];
        foreach (HostEntry host in hosts)
        {
            uint at = LineOf(host.Address, host.Family) * PerLine;
            while (table[at].IsUsed) at = (at + 1) % (uint)table.Length;
            table[at] = host;
        }

        entries = new LineTable<HostEntry>(table);
    }

    internal bool IsEmpty => lines == 0;

    /// <summary>Finds an address.</summary>
    /// <returns>False: it is none of these.</returns>
    internal bool TryFind(in IpAddress address, out HostEntry found)
    {
        for (uint line = LineOf(address.Value, address.Family); ; line = (line + 1) & (lines - 1))
        {
            for (int slot = 0; slot < PerLine; slot++)
            {
                found = entries[(int)(line * PerLine) + slot];
                if (!found.IsUsed) return false;
                if (found.Address == address.Value && found.Family == address.Family) return true;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint LineOf(UInt128 address, IpFamily family) => (uint)(FlowHash.Mix((ulong)address ^ BitOperations.RotateLeft((ulong)(address >> 64), 32) ^ (ulong)family << 63) >> 32) & (lines - 1);
}

/// <summary>A virtual address: where it leads, and what a decision on a packet to it is likely to read.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct HostEntry
{
    /// <summary>The address.</summary>
    internal UInt128 Address;

    /// <summary>Where it leads, as the map of its realm says.</summary>
    internal int Value;

    /// <summary>The line of a service that has it.</summary>
    internal int Service;

    /// <summary>The first backend of that service.</summary>
    internal int Backend;

    /// <summary>Its family.</summary>
    internal IpFamily Family;

    /// <summary>Whether there is an address.</summary>
    internal bool IsUsed;
}
