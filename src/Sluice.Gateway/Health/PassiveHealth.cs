using Sluice.Config.Documents;

namespace Sluice.Gateway.Health;

/// <summary>What became of clients' TCP connections to a backend, counted since the gateway started.</summary>
/// <param name="Answered">The backend accepted.</param>
/// <param name="Refused">It answered the SYN with a reset.</param>
/// <param name="Unanswered">It didn't answer before the session ended.</param>
public readonly record struct ConnectionCounts(ulong Answered, ulong Refused, ulong Unanswered)
{
    /// <summary>The sum of two.</summary>
    public static ConnectionCounts operator +(ConnectionCounts one, ConnectionCounts other) =>
        new(one.Answered + other.Answered, one.Refused + other.Refused, one.Unanswered + other.Unanswered);
}

/// <summary>Whether a backend is left alone because of what clients' connections met: it looks at counters now and then.</summary>
internal sealed class PassiveHealth
{
    private ConnectionCounts seen;
    private bool hasSeen;
    private ulong refused;
    private ulong unanswered;
    private long until;

    /// <summary>Whether it is left alone.</summary>
    public bool IsEjected { get; private set; }

    /// <summary>What made it so.</summary>
    public string? Why { get; private set; }

    /// <summary>Looks at the counters.</summary>
    /// <param name="counts">As they are.</param>
    /// <param name="spec">What counts, and for how long.</param>
    /// <param name="nowMilliseconds">The time.</param>
    /// <returns>Whether <see cref="IsEjected"/> has turned.</returns>
    public bool Look(in ConnectionCounts counts, PassiveHealthSpec spec, long nowMilliseconds)
    {
        // Counters that went back count something else now.
        bool isNews = hasSeen && counts.Answered >= seen.Answered && counts.Refused >= seen.Refused && counts.Unanswered >= seen.Unanswered;
        ulong answeredNow = isNews ? counts.Answered - seen.Answered : 0;
        ulong refusedNow = isNews ? counts.Refused - seen.Refused : 0;
        ulong unansweredNow = isNews ? counts.Unanswered - seen.Unanswered : 0;
        (seen, hasSeen) = (counts, true);
        if (IsEjected)
        {
            // What comes to light meanwhile began before it was left alone.
            if (nowMilliseconds < until) return false;
            IsEjected = false;
            (refused, unanswered) = (0, 0);
            return true;
        }

        if (answeredNow > 0)
        {
            (refused, unanswered) = (0, 0);
            return false;
        }

        refused += refusedNow;
        unanswered += unansweredNow;
        Why = spec.Refused > 0 && refused >= (ulong)spec.Refused ? $"refused {Connections(refused)}"
            : spec.Unanswered > 0 && unanswered >= (ulong)spec.Unanswered ? $"left {Connections(unanswered)} unanswered"
            : null;
        if (Why is null) return false;
        IsEjected = true;
        until = nowMilliseconds + (long)spec.EjectFor.TotalMilliseconds;
        return true;
    }

    private static string Connections(ulong count) => count == 1 ? "1 connection" : $"{count} connections";
}
