using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>The native Gateway: links, realms, limits, timers. A configuration has at most one.</summary>
public sealed record GatewayDocument : Document
{
    /// <summary>The links, in the order of the document.</summary>
    public ImmutableArray<LinkSpec> Links { get; init; } = [];

    /// <summary>The realms as listed here; see <see cref="ConfigSet.Realms"/> for all of them.</summary>
    public ImmutableArray<RealmSpec> Realms { get; init; } = [];

    /// <summary>How many sessions may live at once, over all workers.</summary>
    public int SessionCapacity { get; init; } = 1_000_000;

    /// <summary>Idle times where neither an expose nor a profile gives them.</summary>
    public TimerSpec Timers { get; init; } = TimerSpec.Empty;

    /// <summary>How many workers carry packets.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Source of ICMP where no address of a link serves (RFC 7600).</summary>
    public IpAddress IdentityV4 { get; init; } = IpAddress.V4(0xC0000008);

    /// <summary>Source of ICMPv6 where no address of a link serves; none: nothing is sent.</summary>
    public IpAddress? IdentityV6 { get; init; }

    /// <summary>What is logged.</summary>
    public LogLevelChoice LogLevel { get; init; } = LogLevelChoice.Info;

    /// <summary>The path of the control socket; none: the gateway's own default.</summary>
    public string? ApiSocket { get; init; }
}

/// <summary>How much is logged.</summary>
public enum LogLevelChoice : byte
{
    /// <summary>Failures.</summary>
    Error,

    /// <summary>And what should be looked at.</summary>
    Warning,

    /// <summary>And what changes.</summary>
    Info,

    /// <summary>And what helps to find a fault.</summary>
    Debug,
}

/// <summary>A realm as a Gateway lists it.</summary>
public sealed record RealmSpec
{
    /// <summary>Its name: the identity of the realm.</summary>
    public required string Name { get; init; }

    /// <summary>Its VXLAN network identifier, where it has one.</summary>
    public int? Vni { get; init; }

    /// <summary>The far ends of its tunnels.</summary>
    public ImmutableArray<RemoteSpec> Remotes { get; init; } = [];

    /// <summary>Where it is listed.</summary>
    public required Place Place { get; init; }

    // Where its VNI stands.
    internal Place VniPlace { get; init; }
}

/// <summary>A prefix of a VXLAN realm and the tunnel end behind which it lies.</summary>
public sealed record RemoteSpec(IpPrefix Prefix, IpAddress Vtep, MacAddress Mac, Place Place);
