using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>How a mapping depends on the remote endpoint (RFC 4787 section 4.1).</summary>
public enum MappingMode : byte
{
    /// <summary>One public endpoint for an inside endpoint, whatever it speaks to.</summary>
    EndpointIndependent,

    /// <summary>A public endpoint for each remote endpoint; one port may serve several inside endpoints at once.</summary>
    AddressAndPortDependent,
}

/// <summary>Which remote endpoints a mapping admits (RFC 4787 section 5).</summary>
public enum FilteringMode : byte
{
    /// <summary>Any.</summary>
    EndpointIndependent,

    /// <summary>Addresses that the inside endpoint has sent to.</summary>
    AddressDependent,

    /// <summary>Endpoints that the inside endpoint has sent to.</summary>
    AddressAndPortDependent,
}

/// <summary>Whether packets from outside prolong a session.</summary>
public enum InboundRefresh : byte
{
    /// <summary>Off with endpoint-independent filtering, on otherwise (RFC 7857 section 7).</summary>
    Auto,

    /// <summary>They do.</summary>
    On,

    /// <summary>They don't.</summary>
    Off,
}

/// <summary>When a TCP reset counts for its session.</summary>
public enum RstCheck : byte
{
    /// <summary>Only near what the other side has acknowledged.</summary>
    Window,

    /// <summary>Always.</summary>
    None,
}

/// <summary>A NatProfile in force: how public endpoints are chosen, shared, filtered and limited.</summary>
public sealed record SessionProfile
{
    /// <summary>The document's name.</summary>
    public string Name { get; init; } = "default";

    /// <summary>Mapping behaviour.</summary>
    public MappingMode Mapping { get; init; } = MappingMode.EndpointIndependent;

    /// <summary>Filtering behaviour.</summary>
    public FilteringMode Filtering { get; init; } = FilteringMode.AddressDependent;

    /// <summary>The ports that TCP, UDP and SCTP take from. ICMP identifiers use all 16 bits.</summary>
    public PortRange Ports { get; init; } = new(1024, 65535);

    /// <summary>Whether a source port inside <see cref="Ports"/> is kept where it is free.</summary>
    public bool PreservePort { get; init; } = true;

    /// <summary>How long a freed port rests, in milliseconds (RFC 6888 REQ-8).</summary>
    public uint HoldMilliseconds { get; init; } = 120_000;

    /// <summary>Whether a host whose public address is full is refused rather than given another (RFC 7857 section 4).</summary>
    public bool PairedStrict { get; init; }

    /// <summary>Whether packets from outside prolong a session.</summary>
    public InboundRefresh InboundRefresh { get; init; } = InboundRefresh.Auto;

    /// <summary>When a TCP reset counts.</summary>
    public RstCheck RstCheck { get; init; } = RstCheck.Window;

    /// <summary>Mappings that a host may have at once, over all protocols; 0: no limit.</summary>
    public int PortsPerHost { get; init; }

    /// <summary>Sessions that a host may have at once; 0: no limit.</summary>
    public int SessionsPerHost { get; init; }

    /// <summary>New sessions that a host may begin in a second (token bucket of one second's worth); 0: no limit.</summary>
    public int NewSessionsPerSecondPerHost { get; init; }
}
