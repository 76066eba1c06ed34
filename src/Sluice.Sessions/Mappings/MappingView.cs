using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>A live mapping as one look-up saw it.</summary>
public readonly record struct MappingView
{
    /// <summary>Its index: what <see cref="NewSession.Mapping"/> takes.</summary>
    public uint Index { get; init; }

    /// <summary>The inside endpoint's realm.</summary>
    public ushort InsideRealm { get; init; }

    /// <summary>The realm in which the public endpoint is visible.</summary>
    public ushort PublicRealm { get; init; }

    /// <summary>The IP protocol.</summary>
    public byte Protocol { get; init; }

    /// <summary>The inside address.</summary>
    public IpAddress Inside { get; init; }

    /// <summary>The inside port or ICMP identifier.</summary>
    public ushort InsidePort { get; init; }

    /// <summary>The public address.</summary>
    public IpAddress Public { get; init; }

    /// <summary>The public port or ICMP identifier.</summary>
    public ushort PublicPort { get; init; }

    /// <summary>Sessions that use it; 0: it rests.</summary>
    public uint Sessions { get; init; }

    /// <summary>The pool that its public endpoint is of.</summary>
    public Pool? Pool { get; init; }

    /// <summary>Idle times of the session that made it.</summary>
    public ushort Timers { get; init; }

    /// <summary>The rule that made it, as the policy numbers them.</summary>
    public uint Rule { get; init; }
}
