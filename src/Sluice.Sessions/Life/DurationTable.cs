namespace Sluice.Sessions;

/// <summary>The distinct idle times of all sessions: a line holds a 16-bit number, the packet path reads the milliseconds through a pointer.</summary>
/// <remarks>Only ever grows: a number that a line holds means the same for ever, over all reloads.</remarks>
internal sealed unsafe class DurationTable : IDisposable
{
    /// <summary>Distinct durations at most.</summary>
    public const int Limit = ushort.MaxValue + 1;

    /// <summary>The longest idle time, twelve days: ages are compared as signed differences of a 32-bit clock.</summary>
    public const uint MaxMilliseconds = 0x3FFF_FFFF;

    private readonly NativeArena arena = new();
    private readonly Dictionary<uint, ushort> known = [];
    private readonly Lock gate = new();

    public DurationTable() => Milliseconds = arena.Allocate<uint>(Limit);

    /// <summary>Milliseconds by class.</summary>
    public uint* Milliseconds { get; }

    /// <summary>The class of a duration; longer than <see cref="MaxMilliseconds"/> counts as that.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="Limit"/> distinct durations.</exception>
    public ushort ClassOf(uint milliseconds)
    {
        milliseconds = Math.Min(milliseconds, MaxMilliseconds);
        lock (gate)
        {
            if (known.TryGetValue(milliseconds, out ushort existing)) return existing;
            if (known.Count == Limit) throw new InvalidOperationException($"There are more than {Limit} distinct idle times.");
            ushort added = (ushort)known.Count;
            Volatile.Write(ref Milliseconds[added], milliseconds);
            known.Add(milliseconds, added);
            return added;
        }
    }

    public void Dispose() => arena.Dispose();
}
