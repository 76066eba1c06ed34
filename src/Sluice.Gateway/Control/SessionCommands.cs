using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Config.Reading;
using Sluice.Gateway.Objects;
using Sluice.Sessions;

namespace Sluice.Gateway.Control;

/// <summary>Answers what programs ask of sessions: list, count, delete, set, watch.</summary>
/// <param name="inspector">What lists them.</param>
/// <param name="desk">What changes them; null: nobody does.</param>
public sealed class SessionCommands(IGatewayInspector inspector, ISessionDesk? desk)
{
    private const string Needs = "would concern every session: give a condition, or --all if that is meant";

    /// <summary>Reads which sessions a request means.</summary>
    public static bool TryQuery(ControlRequest request, [NotNullWhen(true)] out SessionQuery? query, [NotNullWhen(false)] out string? problem)
    {
        query = null;
        SessionRequest asked = request.Sessions ?? new SessionRequest();
        var terms = new List<SessionTerm>(asked.Where ?? []);
        if (!string.IsNullOrEmpty(request.Filter)) terms.Add(new SessionTerm("text", request.Filter));
        if (terms.Exists(static term => term?.Key is null || term.Value is null))
        {
            problem = "each condition is an object with a key and a value";
            return false;
        }

        if (!SessionFilter.TryRead(terms, out SessionFilter? filter, out problem)) return false;
        if (!SessionQuery.TryOrder(asked.Sort, out SessionOrder order))
        {
            problem = $"sessions aren't sorted by '{asked.Sort}'; there are: {string.Join(", ", SessionQuery.Orders)}";
            return false;
        }

        query = new SessionQuery(filter, order);
        return true;
    }

    /// <summary>Whether a request can be meant, before anybody is asked; the sentence that says why not.</summary>
    public static string? ProblemOf(ControlRequest request)
    {
        if (!TryQuery(request, out SessionQuery? query, out string? problem)) return problem;
        if (request.What is "delete" or "set" && query.Filter.IsEverything && request.Sessions is not { All: true }) return $"{request.What} {Needs}";
        if (request.What == "set") return TryLifetime(request.Sessions?.Lifetime, out _, out problem) ? null : problem;
        return null;
    }

    /// <summary>Lists sessions.</summary>
    public ControlAnswer List(ControlRequest request)
    {
        int limit = Math.Clamp(request.Limit, 0, ControlRequest.LimitMax);
        return TryQuery(request, out SessionQuery? query, out string? problem)
            ? Result(inspector.Sessions(query with { Max = limit }), GatewayJson.Default.SessionsView)
            : ControlAnswer.Refused(problem);
    }

    /// <summary>Answers a request but for watch.</summary>
    public ControlAnswer Answer(ControlRequest request)
    {
        if (request.What == "list") return List(request);
        if (desk is null) return ControlAnswer.Refused("this gateway lets nobody change its sessions");
        if (ProblemOf(request) is { } wrong) return ControlAnswer.Refused(wrong);
        _ = TryQuery(request, out SessionQuery? query, out _);
        query = query! with { Max = Math.Max(0, request.Sessions?.Max ?? int.MaxValue) };
        return request.What switch
        {
            "count" => Result(desk.Count(query.Filter), GatewayJson.Default.SessionCountView),
            "delete" => Result(desk.Delete(query), GatewayJson.Default.SessionsChangedView),
            "set" when TryLifetime(request.Sessions?.Lifetime, out TimeSpan lifetime, out _) =>
                Result(desk.SetLifetime(query, lifetime), GatewayJson.Default.SessionsChangedView),
            _ => ControlAnswer.Refused($"sessions can't be asked to '{request.What}'; there are: list, count, delete, set, watch"),
        };
    }

    /// <summary>Begins to watch.</summary>
    public ControlAnswer Watch(ControlRequest request, out SessionWatch? watch)
    {
        watch = null;
        if (desk is null) return ControlAnswer.Refused("this gateway lets nobody watch its sessions");
        if (!TryQuery(request, out SessionQuery? query, out string? problem)) return ControlAnswer.Refused(problem);
        return desk.TryWatch(query.Filter, out watch)
            ? new ControlAnswer(Ok: true, Error: null, Result: null)
            : ControlAnswer.Refused($"{SessionHub.WatchesMax} programs watch already, which is the most; end one of them");
    }

    private static bool TryLifetime(string? text, out TimeSpan lifetime, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        bool isOne = Durations.TryParse(text ?? "", out lifetime, out string why);
        if (!isOne) problem = text is null ? "set needs --lifetime, a duration such as 5m" : $"--lifetime is a duration such as 5m, not '{text}': {why}";
        else if (lifetime.TotalMilliseconds is < Lifetimes.Min or > Lifetimes.Max) problem = $"--lifetime is from 1s to 288h, not '{text}'; 'sessions delete' ends sessions at once";
        return problem is null;
    }

    private static ControlAnswer Result<T>(T view, JsonTypeInfo<T> type) => new(Ok: true, Error: null, JsonSerializer.SerializeToElement(view, type));
}
