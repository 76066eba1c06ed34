using System.Diagnostics.CodeAnalysis;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Sessions;

namespace Sluice.Gateway.Objects;

/// <summary>The desk of a composed gateway: changes sessions as the store's control worker, beside the packet threads.</summary>
/// <param name="gateway">The gateway.</param>
public sealed class SessionDesk(ComposedGateway gateway) : ISessionDesk, IDisposable
{
    // Lines come free only when every worker has passed: the control worker must not stay among them long.
    private const int AtOnce = 256;

    private readonly Lock gate = new();
    private readonly SessionReader reader = new(gateway);
    private readonly SessionHub hub = new(gateway);

    private PacketEngine Engine => gateway.Engine;

    /// <inheritdoc/>
    public SessionCountView Count(SessionFilter filter)
    {
        long total = Engine.Store.Count().Total;
        return new SessionCountView(filter.IsEverything ? total : reader.All().LongCount(s => filter.Admits(in s)), total);
    }

    /// <inheritdoc/>
    public SessionsChangedView Delete(SessionQuery query) =>
        Change(query, one => Engine.Store.End(Engine.Store.Control, one.Ref.Family, one.Ref.Line, EndReason.Deleted, Engine.Clock.Now, one.Number));

    /// <inheritdoc/>
    public SessionsChangedView SetLifetime(SessionQuery query, TimeSpan lifetime)
    {
        uint milliseconds = Lifetimes.Rounded((uint)Math.Clamp(lifetime.TotalMilliseconds, 0, Lifetimes.Max));
        return Change(query, one => Engine.Store.SetLifetime(one.Ref, one.Number, milliseconds, Engine.Clock.Now)) with { LifetimeSeconds = milliseconds / 1000.0 };
    }

    /// <inheritdoc/>
    public bool TryWatch(SessionFilter filter, [NotNullWhen(true)] out SessionWatch? watch) => hub.TryWatch(filter, out watch);

    /// <summary>Tells rules of added kinds which of their sessions have ended. Of the gateway's own thread.</summary>
    public void TellRules() => hub.TellRules();

    /// <summary>Ends all watches, before the gateway's memory goes.</summary>
    public void Dispose() => hub.Dispose();

    // By numbers, so that a session which takes the place of one that ended meanwhile is left alone.
    private SessionsChangedView Change(SessionQuery query, Func<(SessionRef Ref, ulong Number), bool> change)
    {
        List<(SessionRef, ulong)> chosen = [.. query.Of(reader.All()).Select(static s => (s.Session.Ref, s.Session.Number))];
        long changed = 0;
        foreach ((SessionRef, ulong)[] some in chosen.Chunk(AtOnce))
        {
            lock (gate)
            {
                Engine.Store.Control.Unpark();
                try
                {
                    changed += some.Count(change);
                }
                finally
                {
                    Engine.Store.Control.Park();
                }
            }
        }

        return new SessionsChangedView(chosen.Count, changed);
    }
}
