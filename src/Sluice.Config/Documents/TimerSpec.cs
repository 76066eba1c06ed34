namespace Sluice.Config.Documents;

/// <summary>Idle times as a document gives them; what is null comes from somewhere less specific.</summary>
public sealed record TimerSpec
{
    /// <summary>Nothing given.</summary>
    public static TimerSpec Empty { get; } = new();

    /// <summary>
    /// What holds where nothing is given: RFC 5382 REQ-5 and RFC 7857 section 2.1 (TCP), RFC 4787 REQ-5 (UDP),
    /// RFC 5508 REQ-2 (ICMP).
    /// </summary>
    public static TimerSpec Default { get; } = new()
    {
        TcpEstablished = new TimeSpan(2, 4, 0),
        TcpHalfOpen = TimeSpan.FromMinutes(4),
        TcpClosing = TimeSpan.FromMinutes(4),
        Udp = TimeSpan.FromMinutes(5),
        Icmp = TimeSpan.FromSeconds(60),
        Fragments = TimeSpan.FromSeconds(2),
    };

    /// <summary>TCP after its handshake.</summary>
    public TimeSpan? TcpEstablished { get; init; }

    /// <summary>TCP before its handshake is done.</summary>
    public TimeSpan? TcpHalfOpen { get; init; }

    /// <summary>TCP after a FIN or a reset.</summary>
    public TimeSpan? TcpClosing { get; init; }

    /// <summary>UDP and every protocol without a life of its own.</summary>
    public TimeSpan? Udp { get; init; }

    /// <summary>ICMP queries.</summary>
    public TimeSpan? Icmp { get; init; }

    /// <summary>A packet whose fragments are not all there.</summary>
    public TimeSpan? Fragments { get; init; }

    /// <summary>These times, and those of <paramref name="fallback"/> where these say nothing.</summary>
    public TimerSpec Or(TimerSpec fallback) => new()
    {
        TcpEstablished = TcpEstablished ?? fallback.TcpEstablished,
        TcpHalfOpen = TcpHalfOpen ?? fallback.TcpHalfOpen,
        TcpClosing = TcpClosing ?? fallback.TcpClosing,
        Udp = Udp ?? fallback.Udp,
        Icmp = Icmp ?? fallback.Icmp,
        Fragments = Fragments ?? fallback.Fragments,
    };
}
