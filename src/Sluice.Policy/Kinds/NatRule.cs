using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy.Kinds;

/// <summary>One way to decide: what becomes of packets to the addresses that a document owns, and of packets that leave its realm.</summary>
/// <remarks>
/// <para>A rule is asked for first packets alone: what it decides is remembered and done by the same flow table, rewrite, session life and ICMP errors as all else. It is asked by
/// several threads at once and ahead of a packet's turn, so what it answers depends on its arguments and on what it was made of, and on nothing else; it allocates nothing and throws nothing.</para>
/// <para>A decision arrives in its arguments and leaves in them. Most rules need one of <see cref="LeadTo"/>, <see cref="SendAs"/>, <see cref="TakeSource"/> and <see cref="Refuse"/>;
/// what these make passes without state, if the answer to the packet is translated back by the rule itself, or becomes a session by <see cref="Remember"/>.</para>
/// </remarks>
public abstract class NatRule
{
    /// <summary>Index in <see cref="GatewayPolicy.Rules"/>: the rule's name and its document's place.</summary>
    public uint Number { get; internal set; }

    internal int Timers { get; set; }

    /// <summary>Decides on a packet whose destination is one of <see cref="Config.Kinds.AddedDocument.Owned"/>.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="decision">What is done otherwise: it is dropped, in silence, as <see cref="DropReason.NotExposed"/>.</param>
    public abstract void Arrive(in FirstPacket packet, ref Decision decision);

    /// <summary>
    /// Decides on a packet of one of <see cref="LeavingRealms"/> whose destination is decided and whose way out is known. Rules are asked in the order of their kinds, then in that of
    /// their documents, each seeing what those before it did; source-NAT policies come last.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="linkOut">The link that it leaves by, as <see cref="NatNames"/> numbers them.</param>
    /// <param name="decision">What is decided so far: it is routed, or passes without state, or gets a session, with or without other addresses.</param>
    public virtual void Leave(in FirstPacket packet, int linkOut, ref Decision decision)
    {
    }

    /// <summary>The realms whose packets are put to <see cref="Leave"/>; none unless overridden. Read once, when the configuration is compiled.</summary>
    public virtual IEnumerable<ushort> LeavingRealms => [];

    /// <summary>
    /// Whether a live session that this rule would decide otherwise now is left as it is, after a reload: where the choice is free and the session's is still one of the choices. No unless overridden.
    /// </summary>
    /// <param name="live">What the session remembers.</param>
    /// <param name="decision">What would be decided now; what is kept has the session's own endpoints.</param>
    public virtual bool Keeps(in LiveSession live, ref Decision decision) => false;

    /// <summary>Whether <see cref="Ended"/> is to be called. Workers write down what begins and ends only while somebody reads it.</summary>
    public virtual bool HearsOfEnds => false;

    /// <summary>
    /// A session that this rule decided has ended: why, when, and what it had carried. Called by one thread beside the packets, within a second; where a worker sees more than 8,192
    /// beginnings and ends in that time, some are not told of. The rule is the one that confirmed the session last, so after a reload it may be one whose place another has taken.
    /// </summary>
    public virtual void Ended(in SessionEvent session)
    {
    }

    /// <summary>What <c>sluice explain</c> says of a packet that this rule decided on: a sentence without its full stop. Null: what becomes of it is said in general words.</summary>
    public virtual string? Explain(in FirstPacket packet, in Decision decision) => null;

    /// <summary>Leads a packet to another endpoint, which may be of another realm. Of a packet without ports the port is its own, <see cref="FirstPacket.DestinationPort"/>.</summary>
    protected static void LeadTo(ushort realm, in IpAddress destination, ushort port, ref Decision decision)
    {
        decision.SetDestination(destination, port);
        decision.RealmTo = realm;
        Pass(ref decision);
    }

    /// <summary>Sends a packet from another address; its port stays.</summary>
    protected static void SendAs(in FirstPacket packet, in IpAddress source, ref Decision decision)
    {
        decision.SetSource(source, packet.SourcePort);
        decision.SourcePool = Decision.NoPool;
        Pass(ref decision);
    }

    /// <summary>Sends a packet from a public endpoint of a pool, which makes a session. Packets without ports are refused.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="pool">What <see cref="NatNames.Pool"/> says.</param>
    /// <param name="decision">The decision.</param>
    protected static void TakeSource(in FirstPacket packet, int pool, ref Decision decision)
    {
        if (!GatewayPolicy.CanTakePort(packet))
        {
            Refuse(DropReason.UnsupportedProtocol, ref decision);
            return;
        }

        decision.RewritesSource = false;
        decision.SourcePool = pool;
        Remember(ref decision);
    }

    /// <summary>Makes a session of what passes: its answers are known by it, whatever the rule says of them. What has no ports passes without one, unless a port was to be taken.</summary>
    protected static void Remember(ref Decision decision)
    {
        decision.Kind = DecisionKind.Session;
        decision.OriginalConduct = decision.RewritesSource || decision.SourcePool != Decision.NoPool ? FlowConduct.None : FlowConduct.KeepErrorSource;
        decision.ReplyConduct = decision.RewritesDestination ? FlowConduct.None : FlowConduct.KeepErrorSource;
    }

    /// <summary>Drops a packet.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="inSilence">Whether the sender hears nothing of it; else it is told by ICMP.</param>
    protected static void Refuse(DropReason reason, ref Decision decision, bool inSilence = false) => decision = new Decision
    {
        Kind = DecisionKind.Drop,
        Reason = reason,
        RealmTo = decision.RealmTo,
        SourcePool = Decision.NoPool,
        InSilence = inSilence,
    };

    // What is a session stays one.
    private static void Pass(ref Decision decision)
    {
        const FlowConduct Stateless = FlowConduct.Cache | FlowConduct.KeepErrorSource;
        decision.InSilence = false;
        decision.Reason = DropReason.None;
        if (decision.Kind != DecisionKind.Session)
        {
            decision.Kind = DecisionKind.Stateless;
            decision.OriginalConduct = decision.ReplyConduct = Stateless;
            return;
        }

        decision.OriginalConduct &= ~FlowConduct.Identity;
        decision.ReplyConduct &= ~FlowConduct.Identity;
    }
}
