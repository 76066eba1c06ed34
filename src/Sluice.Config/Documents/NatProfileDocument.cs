using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>How public endpoints are chosen, shared, filtered, timed and limited. The one named "default" holds where none is named.</summary>
public sealed record NatProfileDocument : Document
{
    /// <summary>The profile that holds where no document named "default" is given.</summary>
    public static NatProfileDocument BuiltIn { get; } = new() { Name = "default", Place = new Place("(built in)", 0, 0) };

    /// <summary>RFC 4787 section 4.1.</summary>
    public MappingBehaviour Mapping { get; init; } = MappingBehaviour.EndpointIndependent;

    /// <summary>RFC 4787 section 5.</summary>
    public FilteringBehaviour Filtering { get; init; } = FilteringBehaviour.AddressDependent;

    /// <summary>The ports that TCP and UDP take from.</summary>
    public PortRange Ports { get; init; } = new(1024, 65535);

    /// <summary>Whether a source port that is inside <see cref="Ports"/> and free is kept.</summary>
    public bool PreservePort { get; init; } = true;

    /// <summary>How long a freed port rests (RFC 6888 REQ-8).</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Idle times of this profile.</summary>
    public TimerSpec Timers { get; init; } = TimerSpec.Empty;

    /// <summary>What one inside host may use.</summary>
    public QuotaSpec Quotas { get; init; } = new();

    /// <summary>Who is told of a refusal.</summary>
    public RefuseSpec Refuse { get; init; } = new();

    /// <summary>What happens when a host's public address is full (RFC 4787 REQ-2).</summary>
    public PairingBehaviour Paired { get; init; } = PairingBehaviour.Preferred;

    /// <summary>The largest TCP segment size that a SYN may announce; none: as it is.</summary>
    public int? MssClamp { get; init; }

    /// <summary>What happens to TCP without SYN and without session.</summary>
    public MidstreamBehaviour Midstream { get; init; } = MidstreamBehaviour.Drop;

    /// <summary>Which resets count.</summary>
    public ResetCheck RstCheck { get; init; } = ResetCheck.Window;

    /// <summary>Whether packets from outside prolong a session.</summary>
    public InboundRefreshBehaviour InboundRefresh { get; init; } = InboundRefreshBehaviour.Auto;

    // The fields that the document gives, with the places of their values.
    internal ImmutableArray<NamedSpec> Given { get; init; } = [];
}

/// <summary>How a mapping depends on the remote endpoint.</summary>
public enum MappingBehaviour : byte
{
    /// <summary>It doesn't.</summary>
    EndpointIndependent,

    /// <summary>One for each remote endpoint.</summary>
    AddressAndPortDependent,
}

/// <summary>Which remote endpoints a mapping admits.</summary>
public enum FilteringBehaviour : byte
{
    /// <summary>Any.</summary>
    EndpointIndependent,

    /// <summary>Addresses that the inside endpoint has sent to.</summary>
    AddressDependent,

    /// <summary>Endpoints that the inside endpoint has sent to.</summary>
    AddressAndPortDependent,
}

/// <summary>What happens when a host's public address is full.</summary>
public enum PairingBehaviour : byte
{
    /// <summary>Another one is used, and an event says so.</summary>
    Preferred,

    /// <summary>The host is refused.</summary>
    Strict,
}

/// <summary>What happens to TCP that begins in the middle.</summary>
public enum MidstreamBehaviour : byte
{
    /// <summary>Dropped.</summary>
    Drop,

    /// <summary>Answered with a reset.</summary>
    Reset,

    /// <summary>A session is made of it.</summary>
    Adopt,
}

/// <summary>Which resets count.</summary>
public enum ResetCheck : byte
{
    /// <summary>Those near what the other side last acknowledged.</summary>
    Window,

    /// <summary>All.</summary>
    None,
}

/// <summary>Whether packets from outside prolong a session (RFC 4787 REQ-6).</summary>
public enum InboundRefreshBehaviour : byte
{
    /// <summary>Off with endpoint-independent filtering, on otherwise.</summary>
    Auto,

    /// <summary>They do.</summary>
    On,

    /// <summary>They don't.</summary>
    Off,
}

/// <summary>What one inside host may use; 0: no limit.</summary>
public sealed record QuotaSpec(int PortsPerHost = 0, int SessionsPerHost = 0, int NewSessionsPerSecondPerHost = 0);

/// <summary>Who is told of a refusal.</summary>
public enum RefusalAnswer : byte
{
    /// <summary>Told by ICMP, rate-limited.</summary>
    Icmp,

    /// <summary>Not told.</summary>
    Silent,
}

/// <summary>Who is told of a refusal.</summary>
public sealed record RefuseSpec(RefusalAnswer Inside = RefusalAnswer.Icmp, RefusalAnswer Outside = RefusalAnswer.Silent);
