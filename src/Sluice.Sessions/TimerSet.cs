namespace Sluice.Sessions;

/// <summary>The idle times of a session's life, in milliseconds (design section 7, timers).</summary>
public readonly record struct TimerSet(uint TcpEstablished, uint TcpHalfOpen, uint TcpClosing, uint Udp, uint Icmp)
{
    /// <summary>RFC 5382 REQ-5, RFC 7857 section 2.1, RFC 4787 REQ-5, RFC 5508 REQ-2.</summary>
    public static TimerSet Default => new(7_440_000, 240_000, 240_000, 300_000, 60_000);
}
