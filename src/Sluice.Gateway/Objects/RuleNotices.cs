using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Gateway.Objects;

/// <summary>Tells rules of added kinds that a session which lived by them has ended. The rule that is told is the one that confirmed it last, also where a reload has taken its place.</summary>
internal sealed class RuleNotices(ComposedGateway gateway)
{
    // Every session is confirmed anew within seconds of a reload, so that few policies of the past are asked for.
    private const int MostRemembered = 16;

    private readonly List<(ushort Generation, GatewayPolicy Policy)> known = [];

    /// <summary>Takes note of what is in force. False: no rule hears of ends.</summary>
    public bool Follow()
    {
        Ruleset rules = gateway.Engine.Rules;
        if (known.Count == 0 || known[^1].Generation != rules.Generation)
        {
            if (known.Count == MostRemembered) known.RemoveAt(0);
            known.Add((rules.Generation, rules.Policy));
        }

        return known.Exists(static one => one.Policy.NatRules.Any(static rule => rule.HearsOfEnds));
    }

    /// <summary>Tells the rule of a session that has ended.</summary>
    public void Tell(in SessionEvent happened)
    {
        if (!happened.IsEnd) return;

        // A change of routes makes a generation of the same policy, which may have come and gone unseen: the one before it stands for it.
        for (int i = known.Count - 1; i >= 0; i--)
        {
            if ((short)(known[i].Generation - happened.Generation) > 0) continue;
            if (known[i].Policy.NatRuleOf(happened.Rule) is { HearsOfEnds: true } rule) rule.Ended(happened);
            return;
        }
    }
}
