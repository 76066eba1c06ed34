using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What an IPv4 packet is found by, as two words compared as such. Addresses and ports are in network order, as loaded from the packet.</summary>
/// <remarks>
/// Ports of an ICMP query: the identifier stands on the inside speaker's end. An echo request has it as source port and 0 as destination port,
/// the reply 0 as source port and it as destination port; so a reply's key is the request's key turned round, as with TCP and UDP.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Pack = 4, Size = 16)]
public struct FlowKey4
{
    /// <summary>Source address in the low half, destination in the high half: the eight header bytes as one little-endian load.</summary>
    [FieldOffset(0)] public ulong Addresses;

    /// <summary>All that follows the addresses, as one word: a key that is written as two words is hashed without waiting for its stores.</summary>
    [FieldOffset(8)] public ulong Rest;

    /// <summary>Source port in the low half, destination port in the high half, in network order.</summary>
    [FieldOffset(8)] public uint Ports;

    /// <summary>The realm that the packet came from.</summary>
    [FieldOffset(12)] public ushort Realm;

    /// <summary>The IP protocol.</summary>
    [FieldOffset(14)] public byte Protocol;

    /// <summary>Always 0.</summary>
    [FieldOffset(15)] public byte Spare;

    /// <summary><see cref="Rest"/> from its parts; ports in network order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RestOf(uint ports, ushort realm, byte protocol) => ports | ((ulong)realm << 32) | ((ulong)protocol << 48);

    /// <inheritdoc/>
    public override readonly string ToString() => Flow4.PartsOf(in this).ToString();
}

/// <summary>What an IPv6 packet is found by; see <see cref="FlowKey4"/>.</summary>
[StructLayout(LayoutKind.Explicit, Pack = 4, Size = 40)]
public struct FlowKey6
{
    /// <summary>The source address's first eight bytes, as loaded.</summary>
    [FieldOffset(0)] public ulong Source0;

    /// <summary>The source address's last eight bytes.</summary>
    [FieldOffset(8)] public ulong Source1;

    /// <summary>The destination address's first eight bytes.</summary>
    [FieldOffset(16)] public ulong Destination0;

    /// <summary>The destination address's last eight bytes.</summary>
    [FieldOffset(24)] public ulong Destination1;

    /// <summary>All that follows the addresses, as one word: <see cref="FlowKey4.Rest"/>.</summary>
    [FieldOffset(32)] public ulong Rest;

    /// <summary>Source port in the low half, destination port in the high half, in network order.</summary>
    [FieldOffset(32)] public uint Ports;

    /// <summary>The realm that the packet came from.</summary>
    [FieldOffset(36)] public ushort Realm;

    /// <summary>The IP protocol.</summary>
    [FieldOffset(38)] public byte Protocol;

    /// <summary>Always 0.</summary>
    [FieldOffset(39)] public byte Spare;

    /// <inheritdoc/>
    public override readonly string ToString() => Flow6.PartsOf(in this).ToString();
}

/// <summary>What a direction of an IPv4 session writes: the partner's key turned round.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 12)]
public struct FlowTuple4
{
    /// <summary>New source and destination address, as <see cref="FlowKey4.Addresses"/>.</summary>
    public ulong Addresses;

    /// <summary>New ports, as <see cref="FlowKey4.Ports"/>.</summary>
    public uint Ports;
}

/// <summary>What a direction of an IPv6 session writes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 36)]
public struct FlowTuple6
{
    /// <summary>New source address, first eight bytes.</summary>
    public ulong Source0;

    /// <summary>New source address, last eight bytes.</summary>
    public ulong Source1;

    /// <summary>New destination address, first eight bytes.</summary>
    public ulong Destination0;

    /// <summary>New destination address, last eight bytes.</summary>
    public ulong Destination1;

    /// <summary>New ports, as <see cref="FlowKey4.Ports"/>.</summary>
    public uint Ports;
}
