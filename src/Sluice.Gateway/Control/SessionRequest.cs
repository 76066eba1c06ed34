using Sluice.Gateway.Objects;

namespace Sluice.Gateway.Control;

/// <summary>Which sessions are meant, and what for.</summary>
/// <param name="Where">Conditions, all of which a session is to meet.</param>
/// <param name="Sort">One of <see cref="SessionQuery.Orders"/>; null: as they come.</param>
/// <param name="Max">With delete and set: how many at most.</param>
/// <param name="All">With delete and set: that no condition at all is meant.</param>
/// <param name="Lifetime">With set: a duration, such as 5m.</param>
public sealed record SessionRequest(
    IReadOnlyList<SessionTerm>? Where = null, string? Sort = null, int? Max = null, bool All = false, string? Lifetime = null);
