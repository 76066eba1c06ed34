using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>The five timer classes of a set of idle times.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct TimerClasses
{
    public ushort TcpEstablished;
    public ushort TcpHalfOpen;
    public ushort TcpClosing;
    public ushort Udp;
    public ushort Icmp;

    /// <summary>The class of a state. Protocols without a life of their own are timed like UDP.</summary>
    public readonly ushort Of(SessionStateName state) => state switch
    {
        SessionStateName.Established => TcpEstablished,
        SessionStateName.HalfOpen => TcpHalfOpen,
        SessionStateName.Closing => TcpClosing,
        SessionStateName.Icmp => Icmp,
        _ => Udp,
    };
}

/// <summary>All sets of idle times that configurations have named; equal sets have one number, for ever.</summary>
internal sealed unsafe class TimerSets : IDisposable
{
    /// <summary>Distinct sets at most.</summary>
    public const int Limit = ushort.MaxValue + 1;

    private readonly NativeArena arena = new();
    private readonly DurationTable durations;
    private readonly Dictionary<TimerSet, ushort> known = [];
    private readonly Lock gate = new();
    private readonly TimerClasses* classes;

    public TimerSets(DurationTable durations)
    {
        this.durations = durations;
        classes = arena.Allocate<TimerClasses>(Limit);
    }

    /// <summary>The number of a set.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="Limit"/> distinct sets.</exception>
    public ushort NumberOf(TimerSet set)
    {
        lock (gate)
        {
            if (known.TryGetValue(set, out ushort existing)) return existing;
            if (known.Count == Limit) throw new InvalidOperationException($"There are more than {Limit} distinct sets of idle times.");
            ushort added = (ushort)known.Count;
            classes[added] = new TimerClasses
            {
                TcpEstablished = durations.ClassOf(set.TcpEstablished),
                TcpHalfOpen = durations.ClassOf(set.TcpHalfOpen),
                TcpClosing = durations.ClassOf(set.TcpClosing),
                Udp = durations.ClassOf(set.Udp),
                Icmp = durations.ClassOf(set.Icmp),
            };
            known.Add(set, added);
            return added;
        }
    }

    /// <summary>The classes of a set's number.</summary>
    public TimerClasses* ClassesOf(ushort number) => classes + number;

    public void Dispose() => arena.Dispose();
}
