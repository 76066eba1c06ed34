using System.Buffers;
using System.Globalization;

namespace Sluice.Config.Reading;

/// <summary>Reads durations as Go writes them: 2h4m, 5m0s, 1.5h, 500ms.</summary>
public static class Durations
{
    /// <summary>The longest one: timers count milliseconds in 32 bits that wrap.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromHours(480);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads one.</summary>
    /// <param name="text">As written.</param>
    /// <param name="duration">How long.</param>
    /// <param name="why">Else: what would be right.</param>
    public static bool TryParse(string text, out TimeSpan duration, out string why)
    {
        duration = default;
        why = "write numbers with units, such as 2h4m, 60s or 500ms";
        ReadOnlySpan<char> rest = text;
        if (rest.IsEmpty) return false;
        decimal milliseconds = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits < 0)
            {
                if (rest is "0" && rest.Length == text.Length) break;
                why = "it has no unit (h, m, s, ms)";
                return false;
            }

            if (digits is 0 or > 15 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAny(NumberCharacters);
            decimal unit = UnitOf(letters < 0 ? rest : rest[..letters]);
            if (unit == 0) return false;
            rest = letters < 0 ? default : rest[letters..];
            milliseconds += number * unit;
        }

        if (milliseconds > (decimal)Max.TotalMilliseconds)
        {
            why = "the longest is 480h";
            return false;
        }

        duration = TimeSpan.FromMilliseconds((double)decimal.Truncate(milliseconds));
        return true;
    }

    /// <summary>The same in writing: 2h4m, 1m30s, 500ms.</summary>
    public static string Show(TimeSpan duration)
    {
        long milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds == 0) return "0s";
        string text = "";
        foreach ((long unit, string name) in (ReadOnlySpan<(long, string)>)[(3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")])
        {
            if (milliseconds >= unit) text += string.Create(CultureInfo.InvariantCulture, $"{milliseconds / unit}{name}");
            milliseconds %= unit;
        }

        return text;
    }

    // In milliseconds.
    private static decimal UnitOf(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => 3_600_000m,
        "m" => 60_000m,
        "s" => 1_000m,
        "ms" => 1m,
        "us" or "µs" or "μs" => 0.001m,
        "ns" => 0.000_001m,
        _ => 0m,
    };
}
