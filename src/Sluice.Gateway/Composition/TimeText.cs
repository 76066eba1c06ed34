using System.Globalization;

namespace Sluice.Gateway.Composition;

/// <summary>Points of time as programs exchange them, and spans of it as people write them.</summary>
internal static class TimeText
{
    /// <summary>RFC 3339 in UTC, to the second: 2026-01-31T12:00:00Z.</summary>
    public static string Of(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A span as documents write it: 1h30m, 45s; tenths of a second below a minute.</summary>
    public static string Span(uint milliseconds)
    {
        TimeSpan time = TimeSpan.FromMilliseconds(milliseconds);
        if (milliseconds % 1000 != 0 && milliseconds < 60_000) return $"{time.TotalSeconds:0.0}s";
        string text = $"{((int)time.TotalHours > 0 ? $"{(int)time.TotalHours}h" : "")}{(time.Minutes > 0 ? $"{time.Minutes}m" : "")}{(time.Seconds > 0 ? $"{time.Seconds}s" : "")}";
        return text.Length == 0 ? "0s" : text;
    }
}
