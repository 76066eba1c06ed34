using Sluice.Dataplane;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Composition;

/// <summary>What becomes of the live sessions under another policy, as people and programs are told.</summary>
internal static class SessionFates
{
    public const string Kept = "kept";
    public const string Moved = "moved";
    public const string Ended = "ended";

    /// <summary>Why a session ends whose first packet would pass, but go elsewhere or be translated otherwise.</summary>
    public const string Otherwise = "TranslatedOtherwise";

    /// <summary>A forecast in words: what ends first.</summary>
    public static SessionFatesView ViewOf(ReloadForecast forecast)
    {
        // Two rules of one number in two policies may be one rule in words, and so are counted together.
        SessionFateView[] fates =
        [
            .. forecast.Outcomes.Select(ViewOf).GroupBy(fate => fate with { Sessions = 0 }, (fate, same) => fate with { Sessions = same.Sum(one => one.Sessions) })
                .OrderBy(fate => Array.IndexOf([Ended, Moved, Kept], fate.Fate)).ThenByDescending(fate => fate.Sessions).ThenBy(fate => fate.Rule, StringComparer.Ordinal),
        ];
        return new SessionFatesView(
            forecast.Total.Kept,
            forecast.Total.Moved,
            forecast.Total.Ended,
            fates.Where(fate => fate.Reason is not null).GroupBy(fate => fate.Reason!, StringComparer.Ordinal)
                .OrderBy(reason => reason.Key, StringComparer.Ordinal)
                .ToDictionary(reason => reason.Key, reason => reason.Sum(fate => fate.Sessions), StringComparer.Ordinal),
            fates);
    }

    private static SessionFateView ViewOf(ForecastOutcome outcome)
    {
        var fate = new SessionFateView(Ended, outcome.Sessions, outcome.Description.Name, outcome.Description.Place);
        if (!outcome.IsKept) return fate with { Reason = outcome.Reason?.ToString() ?? Otherwise };
        return outcome.IsMoved ? fate with { Fate = Moved, NewRule = outcome.NewRule?.Name, NewPlace = outcome.NewRule?.Place } : fate with { Fate = Kept };
    }
}
