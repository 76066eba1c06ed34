using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>What a mapping entry is at the moment.</summary>
[Flags]
internal enum MappingState : byte
{
    /// <summary>No mapping.</summary>
    Free = 0,

    /// <summary>Sessions use it.</summary>
    Live = 1,

    /// <summary>Its last session ended; the port is kept from others until its hold time is over.</summary>
    Resting = 2,

    /// <summary>Made for one session whose return tuple was taken with the inside endpoint's own mapping; not found by that endpoint.</summary>
    Private = 4,
}

/// <summary>A mapping: 40 bytes. An IPv6 inside address stands beside the table and has only its hash here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct MappingEntry
{
    /// <summary>Inside address, realm and port as one word to compare.</summary>
    [FieldOffset(0)] public ulong InsideWord;

    /// <summary>The inside IPv4 address, or 32 bits of the IPv6 address's hash.</summary>
    [FieldOffset(0)] public uint Inside;

    /// <summary>The inside endpoint's realm.</summary>
    [FieldOffset(4)] public ushort InsideRealm;

    /// <summary>The inside port or ICMP identifier.</summary>
    [FieldOffset(6)] public ushort InsidePort;

    /// <summary>The IP protocol.</summary>
    [FieldOffset(8)] public byte Protocol;

    /// <summary>Live, resting or free.</summary>
    [FieldOffset(9)] public MappingState State;

    /// <summary>The pool's number.</summary>
    [FieldOffset(10)] public ushort Pool;

    /// <summary>The public address's number.</summary>
    [FieldOffset(12)] public uint Public;

    /// <summary>The public port or ICMP identifier.</summary>
    [FieldOffset(16)] public ushort PublicPort;

    /// <summary>The realm in which the public endpoint is visible.</summary>
    [FieldOffset(18)] public ushort PublicRealm;

    /// <summary>Sessions that use it.</summary>
    [FieldOffset(20)] public uint Sessions;

    /// <summary>While it rests, when that ends; while it lives, the latest such time of the sessions that ended (if any did).</summary>
    [FieldOffset(24)] public uint Due;

    /// <summary>Next in the chain of its inside endpoint.</summary>
    [FieldOffset(28)] public uint NextInside;

    /// <summary>Next in the chain of its public endpoint.</summary>
    [FieldOffset(32)] public uint NextPublic;

    /// <summary>The host whose quota it counts against.</summary>
    [FieldOffset(36)] public uint Host;
}

/// <summary>What an inside endpoint asks a mapping for.</summary>
internal readonly ref struct MappingKey
{
    public required IpAddress Inside { get; init; }

    public required ushort Realm { get; init; }

    public required ushort Port { get; init; }

    public required byte Protocol { get; init; }

    public required ushort PublicRealm { get; init; }
}
