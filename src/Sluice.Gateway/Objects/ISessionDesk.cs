using System.Diagnostics.CodeAnalysis;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Objects;

/// <summary>What operators do with the sessions of a running gateway, beside looking at them. Called from any thread.</summary>
public interface ISessionDesk
{
    /// <summary>Counts.</summary>
    SessionCountView Count(SessionFilter filter);

    /// <summary>Ends sessions; their ports rest as at any end, and a next packet is judged as a first one.</summary>
    SessionsChangedView Delete(SessionQuery query);

    /// <summary>Gives sessions another lifetime.</summary>
    SessionsChangedView SetLifetime(SessionQuery query, TimeSpan lifetime);

    /// <summary>Begins to watch; false where too many watch already.</summary>
    bool TryWatch(SessionFilter filter, [NotNullWhen(true)] out SessionWatch? watch);
}
