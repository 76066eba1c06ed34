using System.Globalization;

namespace Sluice.Gateway.Composition;

/// <summary>Points of time as programs exchange them.</summary>
internal static class TimeText
{
    /// <summary>RFC 3339 in UTC, to the second: 2026-01-31T12:00:00Z.</summary>
    public static string Of(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
