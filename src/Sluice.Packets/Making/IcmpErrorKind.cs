using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>What an ICMP error says, whatever the family.</summary>
public enum IcmpErrorKind : byte
{
    /// <summary>No route to the destination: 3/0, ICMPv6 1/0.</summary>
    NoRoute,

    /// <summary>The destination can't be reached: 3/1, ICMPv6 1/3.</summary>
    HostUnreachable,

    /// <summary>Nobody listens on the port: 3/3, ICMPv6 1/4.</summary>
    PortUnreachable,

    /// <summary>A policy forbids it: 3/13, ICMPv6 1/1.</summary>
    Prohibited,

    /// <summary>The packet is larger than the next link takes: 3/4, ICMPv6 2/0; the detail is the MTU.</summary>
    TooBig,

    /// <summary>TTL or hop limit ran out on the way: 11/0, ICMPv6 3/0.</summary>
    TimeExceeded,

    /// <summary>Fragments didn't come in time: 11/1, ICMPv6 3/1.</summary>
    ReassemblyTimeExceeded,

    /// <summary>A header field is wrong: 12/0, ICMPv6 4/0; the detail is the field's offset in the packet.</summary>
    ParameterProblem,
}

/// <summary>How each kind of error is told in each family.</summary>
public static class IcmpErrorKinds
{
    /// <summary>Type and code over IPv4 (RFC 792, RFC 1812 section 5.2.7).</summary>
    public static (byte Type, byte Code) Of4(IcmpErrorKind kind) => kind switch
    {
        IcmpErrorKind.NoRoute => (IcmpType.Unreachable, IcmpUnreachable.Network),
        IcmpErrorKind.HostUnreachable => (IcmpType.Unreachable, IcmpUnreachable.Host),
        IcmpErrorKind.PortUnreachable => (IcmpType.Unreachable, IcmpUnreachable.Port),
        IcmpErrorKind.Prohibited => (IcmpType.Unreachable, IcmpUnreachable.Prohibited),
        IcmpErrorKind.TooBig => (IcmpType.Unreachable, IcmpUnreachable.FragmentationNeeded),
        IcmpErrorKind.TimeExceeded => (IcmpType.TimeExceeded, 0),
        IcmpErrorKind.ReassemblyTimeExceeded => (IcmpType.TimeExceeded, 1),
        _ => (IcmpType.ParameterProblem, 0),
    };

    /// <summary>Type and code over IPv6 (RFC 4443 section 3).</summary>
    public static (byte Type, byte Code) Of6(IcmpErrorKind kind) => kind switch
    {
        IcmpErrorKind.NoRoute => (IcmpV6Type.Unreachable, IcmpV6Unreachable.NoRoute),
        IcmpErrorKind.HostUnreachable => (IcmpV6Type.Unreachable, IcmpV6Unreachable.Address),
        IcmpErrorKind.PortUnreachable => (IcmpV6Type.Unreachable, IcmpV6Unreachable.Port),
        IcmpErrorKind.Prohibited => (IcmpV6Type.Unreachable, IcmpV6Unreachable.Prohibited),
        IcmpErrorKind.TooBig => (IcmpV6Type.PacketTooBig, 0),
        IcmpErrorKind.TimeExceeded => (IcmpV6Type.TimeExceeded, 0),
        IcmpErrorKind.ReassemblyTimeExceeded => (IcmpV6Type.TimeExceeded, 1),
        _ => (IcmpV6Type.ParameterProblem, 0),
    };

    /// <summary>The four bytes after the checksum over IPv4: the MTU in the lower half (RFC 1191 section 4), the pointer in the first byte.</summary>
    internal static uint Rest4(IcmpErrorKind kind, int detail) => kind switch
    {
        IcmpErrorKind.TooBig => (uint)Math.Min(detail, ushort.MaxValue),
        IcmpErrorKind.ParameterProblem => (uint)(byte)detail << 24,
        _ => 0,
    };

    /// <summary>The four bytes after the checksum over IPv6: the MTU or the pointer.</summary>
    internal static uint Rest6(IcmpErrorKind kind, int detail) =>
        kind is IcmpErrorKind.TooBig or IcmpErrorKind.ParameterProblem ? (uint)detail : 0;
}
