using Sluice.Dataplane.Routing;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>What all workers look at: the tables, and the one reference to what is in force.</summary>
internal sealed class SharedState(DataplaneOptions options, SessionStore store, Router router, Ruleset rules)
{
    private volatile Ruleset rules = rules;

    public DataplaneOptions Options { get; } = options;

    public SessionStore Store { get; } = store;

    public Router Router { get; } = router;

    /// <summary>The rules in force. Writing it is the reload.</summary>
    public Ruleset Rules
    {
        get => rules;
        set => rules = value;
    }
}
