using System.Globalization;

namespace Sluice.Gateway.Replay;

/// <summary>Times of captures: nanoseconds since 1970 inside, decimal seconds outside.</summary>
public static class CaptureTime
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads decimal seconds exactly: up to nine digits behind the point, no sign, no exponent.</summary>
    public static bool TryParse(string? text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (string.IsNullOrEmpty(text)) return false;
        int point = text.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> whole = point < 0 ? text : text.AsSpan(0, point);
        ReadOnlySpan<char> fraction = point < 0 ? [] : text.AsSpan(point + 1);
        if (fraction.Length > 9 || (point >= 0 && fraction.IsEmpty)) return false;
        if (!long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)) return false;
        long rest = 0;
        if (!fraction.IsEmpty && !long.TryParse(fraction, NumberStyles.None, CultureInfo.InvariantCulture, out rest)) return false;
        for (int digits = fraction.Length; digits < 9; digits++) rest *= 10;
        if (seconds > long.MaxValue / NanosecondsPerSecond - 1) return false;
        nanoseconds = seconds * NanosecondsPerSecond + rest;
        return true;
    }

    /// <summary>Decimal seconds with as many digits as the time has, at least one behind the point: 1700000000.001, 5.0.</summary>
    public static string ToText(long nanoseconds)
    {
        string fraction = (nanoseconds % NanosecondsPerSecond).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsPerSecond}.{(fraction.Length == 0 ? "0" : fraction)}");
    }
}
