using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Sessions;

namespace Sluice.Gateway.Objects;

/// <summary>Hands what the workers write down on to those who watch, and to rules that hear of ends. Whoever watches does the carrying, so nothing runs while nobody does.</summary>
internal sealed class SessionHub(ComposedGateway gateway) : IDisposable
{
    /// <summary>Programs that watch at once.</summary>
    public const int WatchesMax = 8;

    private readonly Lock gate = new();
    private readonly SessionReader reader = new(gateway);
    private readonly List<SessionWatch> watches = [];
    private readonly List<SessionEvent> events = [];
    private readonly RuleNotices notices = new(gateway);
    private bool hasListeners;
    private long lostSeen;
    private bool closed;

    private SessionStore Store => gateway.Engine.Store;

    /// <summary>Begins to watch; false where too many watch already.</summary>
    public bool TryWatch(SessionFilter filter, [NotNullWhen(true)] out SessionWatch? watch)
    {
        lock (gate)
        {
            watch = null;
            if (closed || watches.Count == WatchesMax) return false;
            if (watches.Count == 0 && !hasListeners)
            {
                lostSeen = Store.EventsLost;
                Store.StartEvents();
            }

            watches.Add(watch = new SessionWatch(this, filter));
            return true;
        }
    }

    /// <summary>Carries what has been written down to every watch.</summary>
    public void Carry()
    {
        lock (gate)
        {
            if (watches.Count == 0 && !hasListeners) return;
            events.Clear();
            Store.TakeEvents(events);
            long lost = Store.EventsLost - lostSeen;
            lostSeen += lost;
            foreach (SessionWatch watch in watches)
            {
                if (lost != 0) watch.Lose(lost);
                foreach (SessionEvent happened in events) Offer(watch, in happened);
            }

            if (hasListeners)
                foreach (SessionEvent happened in events) notices.Tell(in happened);
        }
    }

    /// <summary>Tells rules of the sessions that ended since it was called last. Of the gateway's own thread, which calls it now and then and around each reload.</summary>
    public void TellRules()
    {
        lock (gate)
        {
            if (closed) return;
            bool hears = notices.Follow();
            if (hears && !hasListeners && watches.Count == 0)
            {
                lostSeen = Store.EventsLost;
                Store.StartEvents();
            }

            if (!hears && hasListeners && watches.Count == 0) Store.StopEvents();
            hasListeners = hears;
        }

        if (hasListeners) Carry();
    }

    /// <summary>Ends a watch.</summary>
    public void End(SessionWatch watch)
    {
        lock (gate)
        {
            if (watches.Remove(watch) && watches.Count == 0 && !hasListeners) Store.StopEvents();
        }
    }

    /// <summary>Ends all watches: nobody touches the store's memory any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            hasListeners = false;
            watches.Clear();
            Store.StopEvents();
        }
    }

    /// <summary>The moment in words.</summary>
    public static string TimeOf(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Now, in words.</summary>
    public string Now => TimeOf(gateway.Engine.Options.Time.GetUtcNow());

    private void Offer(SessionWatch watch, in SessionEvent happened)
    {
        SessionFacts facts = reader.FactsOf(in happened);
        if (!watch.Filter.Admits(in facts)) return;
        if (watch.IsFull) watch.Lose(1);
        else watch.Add(new SessionEventView(happened.IsEnd ? "ended" : "new", TimeOf(reader.TimeOf(happened.At)), happened.IsEnd ? happened.Reason.ToString() : null, facts.ToView()));
    }
}
