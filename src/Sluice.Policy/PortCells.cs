using System.Runtime.CompilerServices;
using Sluice.Packets;

namespace Sluice.Policy;

/// <summary>What addresses that several exposes cover lead to, by protocol and port. Which expose is preferred has been settled when a cell was written.</summary>
/// <remarks>
/// A cell is a run of ints: the value of packets without ports, how many intervals TCP has, how many UDP has (0: TCP's), how many SCTP has (0: it has no ports);
/// then the intervals, TCP's before UDP's before SCTP's, each as its last port and its value. The intervals of a protocol cover all ports. A cell of one forward is one cache line.
/// </remarks>
internal readonly struct PortCells(int[] words)
{
    internal const int Header = 4;
    internal const int Interval = 2;

    /// <summary>The value of a cell for a packet, at one of its ports.</summary>
    internal int Find(int cell, in FirstPacket packet, ushort port)
    {
        bool isTcp = packet.Protocol == IpProtocol.Tcp;
        if (!packet.HasPorts || !(isTcp || packet.Protocol == IpProtocol.Udp)) return FindOtherSlow(cell, packet, port);
        int tcp = words[cell + 1];
        int udp = words[cell + 2];
        int first = cell + Header;
        int count = tcp;
        if (!isTcp && udp != 0)
        {
            first += tcp * Interval;
            count = udp;
        }

        return FindInterval(first, count, port);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindOtherSlow(int cell, in FirstPacket packet, ushort port)
    {
        int sctp = words[cell + 3];
        if (sctp == 0 || !packet.HasPorts || packet.Protocol != IpProtocol.Sctp) return words[cell];
        return FindInterval(cell + Header + (words[cell + 1] + words[cell + 2]) * Interval, sctp, port);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindInterval(int first, int count, ushort port)
    {
        // The first interval that doesn't end before the port.
        int low = 0;
        while (count > 1)
        {
            int half = count >> 1;
            if (words[first + (low + half - 1) * Interval] < port) low += half;
            count -= half;
        }

        return words[first + low * Interval + 1];
    }

    /// <summary>Calls for the memory of a cell: two lines, as those of one port of one address mostly lie across the end of one.</summary>
    internal void Prefetch(int cell)
    {
        ref int first = ref words[cell];
        Prefetcher.Touch(ref first);
        Prefetcher.Touch(ref Unsafe.Add(ref first, Header + 4 * Interval));
    }

    /// <summary>The value of a cell for packets without ports: what covers the address whatever the port is.</summary>
    internal int WithoutPorts(int cell) => words[cell];
}
