using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>All that a packet and a decision say of a session that is to be made. A value: making one allocates nothing.</summary>
public struct NewSession
{
    /// <summary>The first packet's tuple.</summary>
    public FlowParts Original;

    /// <summary>The hash of the original flow's key, if the caller has it (a look-up needs it anyway); 0: not known.</summary>
    public ulong OriginalHash;

    /// <summary>The realm that the original direction goes to.</summary>
    public ushort RealmTo;

    /// <summary>TCP flags of the first packet, or what means the same in SCTP.</summary>
    public byte TcpFlags;

    /// <summary>TCP sequence number of the first packet, host order; of SCTP the initiate tag of INIT.</summary>
    public uint TcpSequence;

    /// <summary>The pool that the source takes a public endpoint from; null: the source stays, or becomes <see cref="Source"/>.</summary>
    public Pool? SourcePool;

    /// <summary>Whether the source is rewritten to <see cref="Source"/> and <see cref="SourcePort"/>; not together with <see cref="SourcePool"/>.</summary>
    public bool RewritesSource;

    /// <summary>The public address that the source becomes: fixed, so nothing is taken for it.</summary>
    public IpAddress Source;

    /// <summary>The public port that the source becomes.</summary>
    public ushort SourcePort;

    /// <summary>Whether the destination is rewritten to <see cref="Destination"/> and <see cref="DestinationPort"/>.</summary>
    public bool RewritesDestination;

    /// <summary>The inside address that the destination becomes.</summary>
    public IpAddress Destination;

    /// <summary>The inside port that the destination becomes.</summary>
    public ushort DestinationPort;

    /// <summary>The mapping through which an inbound session comes (it lives on while the session does), or <see cref="NoMapping"/>.</summary>
    public uint Mapping;

    /// <summary>Index of the set of idle times (of the table of timer sets).</summary>
    public ushort Timers;

    /// <summary>Whether what comes back may go another way, so that of TCP one direction tells everything.</summary>
    public bool IsOneWay;

    /// <summary>The rule that decided, as the policy numbers them.</summary>
    public uint Rule;

    /// <summary>The account of where it goes, such as a backend's; <see cref="AccountTable.None"/>: none.</summary>
    public uint Account;

    /// <summary>The account of the policy that its source leaves by; <see cref="AccountTable.None"/>: none.</summary>
    public uint SourceAccount;

    /// <summary>The policy generation that decided.</summary>
    public ushort Generation;

    /// <summary>Conduct of the original direction's packets.</summary>
    public FlowConduct OriginalConduct;

    /// <summary>Conduct of the reply direction's packets.</summary>
    public FlowConduct ReplyConduct;

    /// <summary>What <see cref="SessionStore.Plan"/> worked out.</summary>
    internal SessionPlan Plan;

    /// <summary>The source as packets leave with it where no pool chooses it.</summary>
    internal readonly IpAddress FixedSource => RewritesSource ? Source : Original.Source;

    /// <summary>The port of <see cref="FixedSource"/>.</summary>
    internal readonly ushort FixedSourcePort => RewritesSource ? SourcePort : Original.SourcePort;

    /// <summary>Whether nothing is translated.</summary>
    internal readonly bool IsPlain => SourcePool is null && !RewritesSource && !RewritesDestination;

    /// <summary>"No mapping" in <see cref="Mapping"/>.</summary>
    public const uint NoMapping = uint.MaxValue;
}
