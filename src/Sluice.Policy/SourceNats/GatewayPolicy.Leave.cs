using System.Collections.Immutable;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.SourceNats;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    /// <summary>The source-NAT policies, in the order of the configuration: of those of a realm the first that speaks of a packet decides.</summary>
    public IReadOnlyList<SourceNat> SourceNats => SourceNatViews;

    /// <summary>"Not known" where a link is named by its number.</summary>
    public const int NoLink = ushort.MaxValue;

    /// <summary>The names of the links, by the numbers that <see cref="Leave"/> knows them by.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    internal SourceNat[] SourceNatViews { get; init; } = [];

    // By realm number: places in SourceNatViews, in order.
    internal int[][] SourceNatsOf { get; init; } = [];

    // By realm number: what Leave may change of what is decided of its packets.
    internal Leaving[] LeavingOf { get; init; } = [];

    // The endpoints that translations lead to: what goes to one directly is remembered, so that a translated session never takes its answers.
    internal BackendEndpoints BackendEndpoints { get; init; } = BackendEndpoints.None;

    // Idle times of sessions that are remembered only so that their answers are told from other packets.
    internal int RoutedTimers { get; init; }

    /// <summary>Whether <see cref="Redirect"/> and <see cref="Leave"/> may change such a decision on a packet of a realm; where not, neither needs to be asked.</summary>
    public bool MayLeaveOtherwise(ushort realm, DecisionKind kind) => realm < LeavingOf.Length && LeavingOf[realm] >= kind switch
    {
        DecisionKind.Route or DecisionKind.Stateless => Leaving.Remembered,
        DecisionKind.Session => Leaving.Covered,
        _ => Leaving.Never,
    };

    /// <summary>
    /// Between the decision and the look-up of a route: has a policy that rewrites prefixes (<c>dnat</c>, <c>dnat-only</c>) replace the destination of a packet that stays in its realm.
    /// </summary>
    /// <param name="first">The packet; <see cref="FirstPacket.Link"/> as <see cref="Links"/> numbers it.</param>
    /// <param name="decision">What was decided.</param>
    public void Redirect(in FirstPacket first, ref Decision decision)
    {
        if (decision.Kind != DecisionKind.Route) return;
        foreach (int number in SourceNatsAt(first.Realm))
        {
            SourceNat nat = SourceNatViews[number];
            if (!nat.TryRedirect(first, out IpAddress destination)) continue;
            decision = new Decision
            {
                Kind = DecisionKind.Session,
                RealmTo = first.Realm,
                SourcePool = Decision.NoPool,
                Rule = nat.Rule,
                Timers = nat.Timers,
                OriginalConduct = FlowConduct.KeepErrorSource,
                SourceNat = (ushort)(number + 1),
            };
            decision.SetDestination(destination, first.DestinationPort);
            return;
        }
    }

    /// <summary>
    /// The last step of a decision: a packet that leaves its realm's source as it is may get another one by a source-NAT policy, or be dropped where that has none to give. What is to be
    /// told from the answers of a translated session is made a session too. Allocates nothing.
    /// </summary>
    /// <param name="first">The packet; <see cref="FirstPacket.Link"/> as <see cref="Links"/> numbers it.</param>
    /// <param name="linkOut">The link that its destination (as decided) is reached by, as <see cref="Links"/> numbers it.</param>
    /// <param name="decision">What was decided.</param>
    public void Leave(in FirstPacket first, int linkOut, ref Decision decision)
    {
        if (!MayLeaveOtherwise(first.Realm, decision.Kind)) return;
        LeaveByRules(first, linkOut, ref decision);
        LeaveByPolicies(first, linkOut, ref decision);
    }

    private void LeaveByPolicies(in FirstPacket first, int linkOut, ref Decision decision)
    {
        IpAddress destination = decision.RewritesDestination ? decision.Destination : first.Destination;
        if (MayTakeSource(first, decision, out bool turnsRound))
        {
            bool isFree = turnsRound || decision.SourceNat != 0 || IsToAnotherLink(first, linkOut, decision);
            SourceAction action = ActionFor(first, destination, linkOut, isFree, decision.SourceNat, out int number);
            if (action != SourceAction.Keep)
            {
                Cover(first, number, action, ref decision);
                return;
            }
        }

        if (IsToBeRemembered(first, destination, linkOut, decision)) Remember(ref decision);
    }

    /// <summary>
    /// The same for a packet that reaches a host of its own realm through a mapping: one that comes from where the policy's own hosts are is seen as they are, so that it is answered the same way back.
    /// </summary>
    /// <param name="first">The packet; <see cref="FirstPacket.Link"/> as <see cref="Links"/> numbers it.</param>
    /// <param name="inside">The mapping's inside address.</param>
    /// <param name="linkOut">The link that it is reached by, as <see cref="Links"/> numbers it.</param>
    /// <param name="decision">What <see cref="DecideInbound"/> decided.</param>
    public void LeaveInbound(in FirstPacket first, in IpAddress inside, int linkOut, ref Decision decision)
    {
        if (decision is not { Kind: DecisionKind.Session, RewritesSource: false, SourcePool: Decision.NoPool } || decision.RealmTo != first.Realm) return;
        foreach (int number in SourceNatsAt(first.Realm))
        {
            SourceNat nat = SourceNatViews[number];

            // Where all links are covered, only the way back says who is inside.
            if (nat.CoversAllLinks && nat.NeedsAnotherLink && linkOut != first.Link) continue;
            SourceAction action = nat.ActionFor(first.Source, inside, first.Link, linkOut);
            if (action == SourceAction.Keep) continue;
            Cover(first, number, action, ref decision);
            decision.ReplyConduct = FlowConduct.None;
            return;
        }
    }

    // What no policy takes: a source that the packet's own peering or backend rewrites, what a peering with NAT translates, and what a backend gets as it is.
    private bool MayTakeSource(in FirstPacket first, in Decision decision, out bool turnsRound)
    {
        turnsRound = false;
        if (decision.SourcePool != Decision.NoPool || decision.Kind is not (DecisionKind.Route or DecisionKind.Stateless or DecisionKind.Session)) return false;
        if (decision.Backend == 0) return !decision.RewritesSource && (!decision.RewritesDestination || decision.SourceNat != 0);
        if (decision.IsRoutedBy) return false;

        // A backend that is its own client sees the virtual address where no policy gives another.
        turnsRound = decision.Destination == first.Source;
        return !decision.RewritesSource || (turnsRound && TryGetBackend(decision.Backend, out Translations.VirtualService? service, out int place) && !service!.Backends[place].RewritesSource);
    }

    // Of links without a number none is known to be the one that the packet came by.
    private static bool IsToAnotherLink(in FirstPacket first, int linkOut, in Decision decision) =>
        decision.RealmTo != first.Realm || linkOut != first.Link || linkOut == NoLink;

    // What a policy has redirected is its own; else the first that speaks of the packet decides.
    private SourceAction ActionFor(in FirstPacket first, in IpAddress destination, int linkOut, bool isFree, int redirectedBy, out int number)
    {
        number = redirectedBy - 1;
        if (redirectedBy != 0) return SourceNatViews[number].ActionFor(first.Source, destination, first.Link, linkOut);
        foreach (int candidate in SourceNatsAt(first.Realm))
        {
            SourceNat nat = SourceNatViews[candidate];
            if (!isFree && nat.NeedsAnotherLink) continue;
            SourceAction action = nat.ActionFor(first.Source, destination, first.Link, linkOut);
            if (action == SourceAction.Keep) continue;
            number = candidate;
            return action;
        }

        return SourceAction.Keep;
    }

    // Covered: it leaves with a source of the policy, or not at all.
    private void Cover(in FirstPacket first, int number, SourceAction action, ref Decision decision)
    {
        SourceNat nat = SourceNatViews[number];
        ushort realmTo = decision.RealmTo;
        if (action == SourceAction.Rewrite)
        {
            decision.SetSource(nat.Rewritten(first.Source), first.SourcePort);
        }
        else if (!CanTakePort(first))
        {
            decision = Drop(DropReason.UnsupportedProtocol, nat.Rule) with { RealmTo = realmTo, SourceNat = (ushort)(number + 1) };
            return;
        }
        else if (!nat.TryGetPool(realmTo, first.Source.Family, out decision.SourcePool))
        {
            decision = Drop(DropReason.PoolExhausted, nat.Rule) with { RealmTo = realmTo, SourceNat = (ushort)(number + 1) };
            return;
        }
        else
        {
            decision.RewritesSource = false;
        }

        SetSourceNat(first, number, ref decision);
    }

    // The inside end hides its hosts: of its routers' errors none shows where they come from.
    private void SetSourceNat(in FirstPacket first, int number, ref Decision decision)
    {
        SourceNat nat = SourceNatViews[number];
        decision.Kind = DecisionKind.Session;
        decision.SourceNat = (ushort)(number + 1);
        decision.OriginalConduct = FlowConduct.None;
        if (!decision.RewritesDestination) decision.ReplyConduct = FlowConduct.KeepErrorSource | (first.Protocol == IpProtocol.Tcp ? FlowConduct.None : nat.Inward);
        if (decision.Backend != 0) return;
        decision.Timers = nat.Timers;

        // An access list's rule says more: whether answers pass depends on it.
        if (!decision.HasAcl) decision.Rule = nat.Rule;
    }

    // Only what begins a conversation can be told from an answer: the rest passes as it would without a policy.
    private bool IsToBeRemembered(in FirstPacket first, in IpAddress destination, int linkOut, in Decision decision)
    {
        if (decision.Kind is not (DecisionKind.Route or DecisionKind.Stateless) || !CanTakePort(first) || !IsToAnotherLink(first, linkOut, decision)) return false;
        if (!first.Begins) return false;
        ushort port = decision.RewritesDestination ? decision.DestinationPort : first.DestinationPort;
        return BackendEndpoints.Has(decision.RealmTo, first.Protocol, destination, port) || IsRedirectedTo(decision.RealmTo, destination) || IsAnswerTaken(first, destination, linkOut, decision);
    }

    // Whether a policy leads packets there that are for another address: its answers are told from those of a session that was led there by what is remembered alone.
    private bool IsRedirectedTo(ushort realm, in IpAddress destination)
    {
        foreach (int number in SourceNatsAt(realm))
            if (SourceNatViews[number].LeadsTo(destination)) return true;
        return false;
    }

    // Whether a policy would take the source of what comes back, if nobody knew that it is an answer.
    private bool IsAnswerTaken(in FirstPacket first, in IpAddress destination, int linkOut, in Decision decision)
    {
        if (decision.RewritesSource || decision.RewritesDestination) return false;
        foreach (int number in SourceNatsAt(decision.RealmTo))
            if (SourceNatViews[number].ActionFor(destination, first.Source, linkOut, first.Link) != SourceAction.Keep) return true;
        return false;
    }

    private void Remember(ref Decision decision)
    {
        const FlowConduct Stateless = FlowConduct.Cache | FlowConduct.Identity;
        if (decision.Kind == DecisionKind.Route)
        {
            decision.Timers = RoutedTimers;
            decision.OriginalConduct = decision.ReplyConduct = FlowConduct.KeepErrorSource;
        }

        decision.Kind = DecisionKind.Session;
        decision.OriginalConduct &= ~Stateless;
        decision.ReplyConduct &= ~Stateless;
    }

    private ReadOnlySpan<int> SourceNatsAt(ushort realm) => realm < SourceNatsOf.Length ? SourceNatsOf[realm] : default;

    // The first policy of a realm whose address this is in another realm, or in its own.
    private bool TryFindSourceNat(ushort realm, ushort publicRealm, in IpAddress address, out int number)
    {
        foreach (int candidate in SourceNatsAt(realm))
        {
            number = candidate;
            if (SourceNatViews[candidate].TryGetPool(publicRealm, address.Family, out int pool) && PoolHas(pool, address)) return true;
        }

        number = 0;
        return false;
    }
}
