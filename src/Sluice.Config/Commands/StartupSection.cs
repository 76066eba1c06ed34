using Sluice.Config.Documents;
using Sluice.Config.Reading;

namespace Sluice.Config.Commands;

/// <summary>What startup sections give.</summary>
internal sealed class Startup
{
    /// <summary>Where the first section begins.</summary>
    public Place Place { get; set; }

    /// <summary>Idle times.</summary>
    public TimerSpec Timers { get; set; } = TimerSpec.Empty;

    /// <summary>The slots of Maglev tables.</summary>
    public int? MaglevTableSize { get; set; }

    /// <summary>Told of each key that has an effect here; null: nobody wants to know.</summary>
    public Action<string>? Decided { get; set; }

    /// <summary>Where each key stands.</summary>
    public Dictionary<string, Place> Keys { get; } = new(StringComparer.Ordinal);
}

/// <summary>Reads <c>cnat { session-max-age 60 tcp-max-age 3600 ... }</c>. What is sized by itself here is accepted with a notice.</summary>
internal static class StartupSection
{
    private const string SessionAge = "session-max-age";
    private const string TcpAge = "tcp-max-age";
    private const string TableSize = "maglev-len";
    private const int MaxSessions = 1 << 24;

    private static readonly string[] Keys =
    [
        SessionAge, TcpAge, TableSize, "session-max", "session-max-per-vrf", "session-log2-pool-size", "session-max-port-retries", "session-cleanup-timeout", "scanner",
        "translation-db-buckets", "translation-db-memory", "client-db-buckets", "client-db-memory", "snat-db-buckets", "snat-db-memory", "snat-if-map-len",
        "session-db-buckets", "session-db-memory",
    ];

    public static void Read(Words words, CommandState state)
    {
        Startup startup = state.Startup;
        if (startup.Place.File is null) startup.Place = words.Place;
        words.Take();
        while (!words.AtEnd)
        {
            Word key = words.Take();
            if (key.Text == "}")
            {
                words.ExpectEnd();
                return;
            }

            if (!Keys.AsSpan().Contains(key.Text))
            {
                words.Unknown(key, Keys);
                return;
            }

            if (!startup.Keys.TryAdd(key.Text, key.Place) && !state.IsRunning)
            {
                words.Problems.Error(key.Place, "", ConfigRule.DuplicateField, $"'{key.Text}' is given twice", startup.Keys[key.Text]);
                return;
            }

            if (!ReadValue(words, key, startup)) return;
            if (key.Text is SessionAge or TcpAge or TableSize) startup.Decided?.Invoke(key.Text);
        }
    }

    private static bool ReadValue(Words words, Word key, Startup startup)
    {
        switch (key.Text)
        {
            case SessionAge:
                if (Seconds(words) is not { } age) return false;
                if (age < TimerReader.MinTcpTransitory)
                    Short(words, key, $"{Durations.Show(TimerReader.MinTcpTransitory)} for TCP before its handshake, {Durations.Show(TimerReader.MinUdp)} for UDP, {Durations.Show(TimerReader.MinIcmp)} for ICMP (RFC 5382 REQ-5, RFC 4787 REQ-5, RFC 5508 REQ-2)");
                startup.Timers = startup.Timers with { TcpHalfOpen = age, Udp = age, Icmp = age };
                return true;
            case TcpAge:
                if (Seconds(words) is not { } tcpAge) return false;
                if (tcpAge < TimerReader.MinTcpEstablished) Short(words, key, $"{Durations.Show(TimerReader.MinTcpEstablished)} (RFC 5382 REQ-5)");
                startup.Timers = startup.Timers with { TcpEstablished = tcpAge };
                return true;
            case TableSize:
                return ReadTableSize(words, startup);
            case "session-max" or "session-max-per-vrf":
                if (words.Number("a count of sessions", 1, MaxSessions) is null) return false;
                words.Ignore(key.Place, $"'{key.Text}' has no effect: 'sessions.capacity' of the Gateway says how many sessions may live");
                return true;
            case "scanner":
                if (words.Choose("on", "off") is null) return false;
                break;
            default:
                if (words.Require($"the value of '{key.Text}'") is not { } value) return false;
                if (value.Text is "{" or "}" || !char.IsAsciiDigit(value.Text[0]))
                {
                    words.Wrong(value, $"the value of '{key.Text}', a number");
                    return false;
                }

                break;
        }

        words.Ignore(key.Place, $"'{key.Text}' has no effect: there is nothing of the kind to set");
        return true;
    }

    private static bool ReadTableSize(Words words, Startup startup)
    {
        Place place = words.AtEnd ? words.Place : words.Peek.Place;
        if (words.Number("the slots of a Maglev table", 2, MaglevTable.MaxSize) is not { } size) return false;
        if (!MaglevTable.IsPrime(size))
            words.Problems.Error(place, "", ConfigRule.Invalid, $"a Maglev table has a prime number of slots; the next one is {MaglevTable.NextPrime(size)}");
        startup.MaglevTableSize = size;
        return true;
    }

    private static TimeSpan? Seconds(Words words) =>
        words.Number("a number of seconds", 1, (int)Durations.Max.TotalSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static void Short(Words words, Word key, string minimum) =>
        words.Problems.Warning(key.Place, "", ConfigRule.ShortTimer, $"'{key.Text}' is under the minimum of {minimum}");
}
