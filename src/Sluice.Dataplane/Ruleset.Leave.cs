using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Sluice.Dataplane.Routing;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

// A decision to its end: the policy says where to, the routes by which link, and the policy again what leaves there.
public sealed partial class Ruleset
{
    /// <summary>The policy's number of each link, by index.</summary>
    public required ImmutableArray<ushort> LinkNumbers { get; init; }

    /// <summary>What is to be done with a packet that has no session: the policy's decision, whole. Allocates nothing.</summary>
    /// <param name="packet">The packet; <see cref="FirstPacket.Link"/> is the link's index.</param>
    public Decision Decide(in FirstPacket packet) => DecideLocated(packet, Policy.Locate(packet.Realm, packet.Destination));

    /// <summary>The same where the destination has been located.</summary>
    public Decision DecideLocated(in FirstPacket packet, int located)
    {
        Decision decision = Policy.DecideLocated(packet, located);
        Leave(packet, ref decision);
        return decision;
    }

    /// <summary>Decides a packet to a virtual IP anew, with this backend; see <see cref="GatewayPolicy.LeadTo(in FirstPacket, int, ref Decision)"/>.</summary>
    public void LeadTo(in FirstPacket packet, int backend, ref Decision decision)
    {
        Policy.LeadTo(packet, backend, ref decision);
        Leave(packet, ref decision);
    }

    /// <summary>What is to be done with a packet to a public address whose mapping is found.</summary>
    /// <param name="packet">The packet; <see cref="FirstPacket.Link"/> is the link's index.</param>
    /// <param name="publicRealm">The realm in which the address is public.</param>
    /// <param name="mapping">The mapping.</param>
    public Decision DecideInbound(in FirstPacket packet, ushort publicRealm, in MappingView mapping)
    {
        Decision decision = Policy.DecideInbound(packet, publicRealm, mapping.InsideRealm, mapping.Inside);
        if (Policy.MayLeaveOtherwise(packet.Realm, decision.Kind) && TryFindLink(mapping.InsideRealm, mapping.Inside, out ushort link))
            Policy.LeaveInbound(Numbered(packet), mapping.Inside, link, ref decision);
        return decision;
    }

    /// <summary>Why a source-NAT policy covers a packet or doesn't.</summary>
    /// <param name="packet">The packet; <see cref="FirstPacket.Link"/> is the link's index.</param>
    /// <param name="decision">The decision, whole.</param>
    /// <param name="policy">The policy's place in <see cref="GatewayPolicy.SourceNats"/>.</param>
    public LeavingFinding ExplainLeaving(in FirstPacket packet, in Decision decision, int policy)
    {
        IpAddress destination = decision.RewritesDestination ? decision.Destination : packet.Destination;
        _ = TryFindLink(decision.RealmTo, destination, out ushort link);
        return Policy.ExplainLeaving(Numbered(packet), link, decision, policy);
    }

    /// <summary>What the policy in force is told of a live session.</summary>
    internal LiveSession LiveSessionOf(in SessionView session) => LiveSessionOf(session, Accounts, LinkNumbers);

    /// <summary>
    /// What the sender of an ICMP error has of its own to be shown by: as <see cref="GatewayPolicy.TryTranslateErrorSource"/> says, or what a rule makes of the source of what it sends there.
    /// </summary>
    /// <param name="error">The error as a packet of its own, without ports; <see cref="FirstPacket.Link"/> is the link's index.</param>
    /// <param name="realmTo">The realm that it goes to.</param>
    /// <param name="translated">What its source becomes.</param>
    public bool TryTranslateErrorSource(in FirstPacket error, ushort realmTo, out IpAddress translated)
    {
        if (Policy.TryTranslateErrorSource(error.Realm, realmTo, error.Source, out translated)) return true;
        if (!Policy.MayLeaveOtherwise(error.Realm, DecisionKind.Stateless)) return false;
        Decision decision = Decide(error);
        if (decision.Kind != DecisionKind.Stateless || !decision.RewritesSource) return false;
        translated = decision.Source;
        return true;
    }

    /// <summary>What a policy is told of a live session: the links are those that the routes in force give.</summary>
    /// <param name="session">The session.</param>
    /// <param name="accounts">The accounts of that policy.</param>
    /// <param name="numbers">That policy's numbers of the links: <see cref="NumbersOf"/>.</param>
    internal LiveSession LiveSessionOf(in SessionView session, AccountMap accounts, ImmutableArray<ushort> numbers) => new(
        session.Original,
        session.Reply,
        HasPublicSource: session.Pool is not null,
        ThroughMapping: session.DestinationMapping != NewSession.NoMapping)
    {
        Backend = accounts.BackendOf(session.Account),
        HasBackend = session.Account != AccountTable.None,
        LinkIn = LinkTowards(session.Original.Realm, session.Original.Source, numbers),
        LinkOut = LinkTowards(session.Reply.Realm, session.Reply.Source, numbers),
    };

    /// <summary>A policy's numbers of links, by their names.</summary>
    internal static ImmutableArray<ushort> NumbersOf(GatewayPolicy policy, ReadOnlySpan<LinkPort?> ports)
    {
        var numbers = ImmutableArray.CreateBuilder<ushort>(ports.Length);
        foreach (LinkPort? port in ports)
        {
            int number = port is null ? -1 : policy.Links.IndexOf(port.Link.Name);
            numbers.Add(number < 0 ? (ushort)GatewayPolicy.NoLink : (ushort)number);
        }

        return numbers.MoveToImmutable();
    }

    private void Leave(in FirstPacket packet, ref Decision decision)
    {
        if (Policy.MayLeaveOtherwise(packet.Realm, decision.Kind)) LeaveSlow(packet, ref decision);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveSlow(in FirstPacket packet, ref Decision decision)
    {
        FirstPacket numbered = Numbered(packet);
        Policy.Redirect(numbered, ref decision);
        IpAddress destination = decision.RewritesDestination ? decision.Destination : decision.IsRoutedBy ? decision.RouteBy : packet.Destination;
        if (TryFindLink(decision.RealmTo, destination, out ushort link)) Policy.Leave(numbered, link, ref decision);
    }

    private FirstPacket Numbered(in FirstPacket packet)
    {
        FirstPacket numbered = packet;
        numbered.Link = NumberOf(packet.Link, LinkNumbers);
        return numbered;
    }

    // What has no way out is refused for that by whoever sends it. A way out by a link that the policy has no number for is one: what is covered never leaves as it is.
    private bool TryFindLink(ushort realm, in IpAddress destination, out ushort link)
    {
        int index = Routes.LinkTowards(realm, destination);
        link = NumberOf(index, LinkNumbers);
        return index != RouteTable.NoLink;
    }

    private ushort LinkTowards(ushort realm, in IpAddress destination, ImmutableArray<ushort> numbers) => NumberOf(Routes.LinkTowards(realm, destination), numbers);

    private static ushort NumberOf(int index, ImmutableArray<ushort> numbers) =>
        index == RouteTable.NoLink || index >= numbers.Length ? (ushort)GatewayPolicy.NoLink : numbers[index];
}
