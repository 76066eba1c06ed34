using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>How many sessions a filter admits: what <c>sluice sessions count</c> prints.</summary>
/// <param name="Matched">Those that it admits.</param>
/// <param name="Total">All that live.</param>
public sealed record SessionCountView(long Matched, long Total);

/// <summary>What became of sessions that were to be deleted or given another lifetime.</summary>
/// <param name="Matched">Those that the filter admitted.</param>
/// <param name="Changed">Those that were still there to be changed.</param>
/// <param name="LifetimeSeconds">The lifetime that they have now, where it was set.</param>
public sealed record SessionsChangedView(
    long Matched, long Changed, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LifetimeSeconds = null);

/// <summary>One line of <c>sluice sessions watch</c>.</summary>
/// <param name="Event">new, ended, or lost: so many events were lost before the next line.</param>
/// <param name="Time">When, RFC 3339 with milliseconds.</param>
/// <param name="Reason">Of one that ended: Expired, Reopened, PolicyChanged, Denied, BackendRemoved, Deleted.</param>
/// <param name="Session">The session, as it was at that moment.</param>
/// <param name="Lost">How many events were lost.</param>
public sealed record SessionEventView(
    string Event,
    string Time,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SessionView? Session = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Lost = 0);
