using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.Translations;

namespace Sluice.Policy;

/// <summary>Which protocols an entry is for: those with ports that can be told apart, and all that is left.</summary>
[Flags]
internal enum CellProtocols : byte
{
    None = 0,
    Tcp = 1,
    Udp = 2,

    /// <summary>What has ports.</summary>
    Ported = Tcp | Udp,

    /// <summary>What has none, ICMP queries among it.</summary>
    Other = 4,

    All = Ported | Other,

    /// <summary>SCTP's ports, where a virtual service has some; all of SCTP is of <see cref="Other"/> too.</summary>
    Sctp = 8,
}

/// <summary>Writes the cells of a policy, each from its entries in the order of preference.</summary>
/// <param name="clients">Joins the entries that are for some clients only with what stands behind them.</param>
internal sealed class PortCellWriter(SourceMatcher? clients = null)
{
    // From here on painting 65,536 ports is cheaper than asking every entry about every interval.
    private const int ManyEntries = 48;

    private readonly List<int> words = [];
    private readonly List<int> edges = [];
    private readonly List<int> bySource = [];
    private int[]? canvas;

    /// <summary>All cells written so far.</summary>
    internal PortCells Cells
    {
        get
        {
            int[] all = [.. words];
            HugePages.Gather(all);
            return new PortCells(all);
        }
    }

    /// <summary>Writes a cell and gives its number.</summary>
    /// <param name="entries">The entries, the most preferred first; at most the last one is for all ports and protocols.</param>
    /// <param name="otherwise">The value where no entry has the packet.</param>
    internal int Write(List<CellEntry> entries, int otherwise)
    {
        int cell = words.Count;
        int other = otherwise;
        bool isAlike = true;
        foreach (CellEntry entry in entries)
        {
            isAlike &= (entry.Protocols & CellProtocols.Ported) is CellProtocols.Ported or CellProtocols.None;
            if ((entry.Protocols & CellProtocols.Other) == 0) continue;
            other = entry.Value;
            break;
        }

        words.AddRange([other, 0, 0, 0]);
        bool hasSctp = entries.Exists(static entry => entry.Protocols == CellProtocols.Sctp);
        words[cell + 1] = WriteIntervals(entries, CellProtocols.Tcp, otherwise);
        if (!isAlike) words[cell + 2] = WriteIntervals(entries, CellProtocols.Udp, otherwise);
        if (hasSctp) words[cell + 3] = WriteIntervals(entries, CellProtocols.Sctp | CellProtocols.Other, otherwise);
        return cell;
    }

    private int WriteIntervals(List<CellEntry> entries, CellProtocols protocol, int otherwise)
    {
        int start = words.Count;
        if (entries.Count > ManyEntries && !entries.Exists(static entry => entry.IsBySource)) Paint(entries, protocol, otherwise, start);
        else Cut(entries, protocol, otherwise, start);
        return (words.Count - start) / PortCells.Interval;
    }

    private void Cut(List<CellEntry> entries, CellProtocols protocol, int otherwise, int start)
    {
        edges.Clear();
        foreach (CellEntry entry in entries)
        {
            if ((entry.Protocols & protocol) == 0) continue;
            if (entry.Ports.First > 0) edges.Add(entry.Ports.First - 1);
            edges.Add(entry.Ports.Last);
        }

        edges.Add(ushort.MaxValue);
        edges.Sort();
        int before = -1;
        foreach (int last in edges)
        {
            if (last == before) continue;
            before = last;
            Append(start, last, ValueAt(entries, protocol, (ushort)last, otherwise));
        }
    }

    private int ValueAt(List<CellEntry> entries, CellProtocols protocol, ushort port, int otherwise)
    {
        bySource.Clear();
        int value = otherwise;
        foreach (CellEntry entry in entries)
        {
            if ((entry.Protocols & protocol) == 0 || !entry.Ports.Contains(port)) continue;
            value = entry.Value;
            if (!entry.IsBySource) break;
            bySource.Add(value);
            value = otherwise;
        }

        return bySource.Count == 0 ? value : clients!.Join(bySource, value);
    }

    private void Paint(List<CellEntry> entries, CellProtocols protocol, int otherwise, int start)
    {
        canvas ??= new int[ushort.MaxValue + 1];
        Array.Fill(canvas, otherwise);
        for (int i = entries.Count - 1; i >= 0; i--)
            if ((entries[i].Protocols & protocol) != 0) Array.Fill(canvas, entries[i].Value, entries[i].Ports.First, entries[i].Ports.Count);
        for (int port = 0; port < canvas.Length; port++)
            if (port == ushort.MaxValue || canvas[port] != canvas[port + 1]) Append(start, port, canvas[port]);
    }

    private void Append(int start, int last, int value)
    {
        if (words.Count > start && words[^1] == value) words[^2] = last;
        else words.AddRange([last, value]);
    }
}

/// <summary>One expose's part in a cell.</summary>
/// <param name="Protocols">The protocols that it is for.</param>
/// <param name="Ports">The ports, where they have some.</param>
/// <param name="Value">What the packet is led to.</param>
/// <param name="IsBySource">Whether it is for some clients only: the value is that of a <see cref="SourceMatcher"/>, and others are for the next preferred entry.</param>
internal readonly record struct CellEntry(CellProtocols Protocols, PortRange Ports, int Value, bool IsBySource = false)
{
    /// <summary>Whether no less preferred entry can have a packet to the address.</summary>
    internal bool IsWhole => Protocols == CellProtocols.All && Ports.IsAll;
}
