using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Where a session is in its life, as people name it.</summary>
public enum SessionStateName : byte
{
    /// <summary>TCP, not yet answered and acknowledged from both sides.</summary>
    HalfOpen,

    /// <summary>TCP, open.</summary>
    Established,

    /// <summary>TCP after a FIN or a credible RST.</summary>
    Closing,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>An ICMP query.</summary>
    Icmp,

    /// <summary>Another protocol.</summary>
    Other,
}

/// <summary>One session as a reader saw it; made without stopping the packet path, so its parts may be a packet apart.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SessionView
{
    /// <summary>Where it lies.</summary>
    public SessionRef Ref { get; init; }

    /// <summary>Its number, from 1, never used twice.</summary>
    public ulong Number { get; init; }

    /// <summary>Where it is in its life.</summary>
    public SessionStateName State { get; init; }

    /// <summary>The original direction's packets as they arrive.</summary>
    public FlowParts Original { get; init; }

    /// <summary>The reply direction's packets as they arrive: the original direction's translation turned round.</summary>
    public FlowParts Reply { get; init; }

    /// <summary>The realm that the original direction goes to.</summary>
    public ushort RealmTo { get; init; }

    /// <summary>The pool of its public endpoint, if it has one.</summary>
    public Pool? Pool { get; init; }

    /// <summary>The mapping that its source is translated by, or <see cref="NewSession.NoMapping"/>.</summary>
    public uint SourceMapping { get; init; }

    /// <summary>The mapping that it came in through, or <see cref="NewSession.NoMapping"/>.</summary>
    public uint DestinationMapping { get; init; }

    /// <summary>The set of its idle times.</summary>
    public ushort Timers { get; init; }

    /// <summary>The rule that decided, as the policy of <see cref="Generation"/> numbers them.</summary>
    public uint Rule { get; init; }

    /// <summary>The account of where it goes; <see cref="AccountTable.None"/>: none.</summary>
    public uint Account { get; init; }

    /// <summary>The account of the policy that its source leaves by; <see cref="AccountTable.None"/>: none.</summary>
    public uint SourceAccount { get; init; }

    /// <summary>The policy generation that last confirmed it.</summary>
    public ushort Generation { get; init; }

    /// <summary>Milliseconds since it was made.</summary>
    public uint AgeMilliseconds { get; init; }

    /// <summary>Milliseconds since its last packet that counts; near only, where its timer has changed since.</summary>
    public uint IdleMilliseconds { get; init; }

    /// <summary>Milliseconds that it may stay idle in this state.</summary>
    public uint IdleLimitMilliseconds { get; init; }

    /// <summary>Milliseconds until it ends if nothing more comes.</summary>
    public uint RemainingMilliseconds { get; init; }

    /// <summary>Packets of the original direction.</summary>
    public ulong OriginalPackets { get; init; }

    /// <summary>Bytes of the original direction.</summary>
    public ulong OriginalBytes { get; init; }

    /// <summary>Packets of the reply direction.</summary>
    public ulong ReplyPackets { get; init; }

    /// <summary>Bytes of the reply direction.</summary>
    public ulong ReplyBytes { get; init; }
}

/// <summary>Live sessions by state, as summaries give them.</summary>
/// <param name="Total">All.</param>
/// <param name="TcpEstablished">Open TCP.</param>
/// <param name="TcpTransitory">Half-open and closing TCP.</param>
/// <param name="Udp">UDP.</param>
/// <param name="Icmp">ICMP queries.</param>
/// <param name="Other">Other protocols.</param>
public readonly record struct SessionCounts(int Total, int TcpEstablished, int TcpTransitory, int Udp, int Icmp, int Other);

/// <summary>The use of one public address by one protocol.</summary>
/// <param name="Realm">The realm in which it is public.</param>
/// <param name="Address">The public address.</param>
/// <param name="Protocol">Whose port space.</param>
/// <param name="InUse">Ports that serve sessions now; held ones are not among them.</param>
/// <param name="Held">Ports that rest.</param>
/// <param name="Total">Ports that the pool may give out.</param>
public readonly record struct PoolView(ushort Realm, IpAddress Address, PortClass Protocol, int InUse, int Held, int Total);

/// <summary>Native memory that a store has touched, in bytes.</summary>
/// <param name="Lines">Flow lines.</param>
/// <param name="Buckets">The flow tables' buckets.</param>
/// <param name="Records">Cold records.</param>
/// <param name="Mappings">Mappings, filter entries and their indexes.</param>
/// <param name="Hosts">Hosts and their index.</param>
/// <param name="Ports">Port bits and share counts.</param>
public readonly record struct StoreMemory(long Lines, long Buckets, long Records, long Mappings, long Hosts, long Ports)
{
    /// <summary>All of it.</summary>
    public long Total => Lines + Buckets + Records + Mappings + Hosts + Ports;
}
