using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>IPv4 flows: a 16-byte key in a line of 64 bytes.</summary>
public readonly unsafe struct Flow4 : IFlowFamily<FlowKey4, FlowLine4>
{
    /// <inheritdoc/>
    public static IpFamily Family => IpFamily.V4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(in FlowKey4 key, in HashSecret secret) => FlowHash.Of(key.Addresses, key.Rest, in secret);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(FlowLine4* line, in FlowKey4 key) =>
        ((line->Key.Addresses ^ key.Addresses) | (line->Key.Rest ^ key.Rest)) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey4* KeyOf(FlowLine4* line) => &line->Key;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowState* StateOf(FlowLine4* line) => &line->State;

    /// <inheritdoc/>
    public static ushort RealmOf(FlowLine4* line) => line->Key.Realm;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey4 MakeKey(in FlowParts parts) => new()
    {
        Addresses = parts.Source.ToNetworkWord() | ((ulong)parts.Destination.ToNetworkWord() << 32),
        Rest = FlowKey4.RestOf(NetworkPorts(parts.SourcePort, parts.DestinationPort), parts.Realm, parts.Protocol),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowParts PartsOf(in FlowKey4 key) => new(
        key.Realm,
        key.Protocol,
        IpAddress.FromNetworkWord((uint)key.Addresses),
        BinaryPrimitives.ReverseEndianness((ushort)key.Ports),
        IpAddress.FromNetworkWord((uint)(key.Addresses >> 32)),
        BinaryPrimitives.ReverseEndianness((ushort)(key.Ports >> 16)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetWrite(FlowLine4* line, in FlowKey4 partnerKey)
    {
        line->Write.Addresses = BitOperations.RotateLeft(partnerKey.Addresses, 32);
        line->Write.Ports = BitOperations.RotateLeft(partnerKey.Ports, 16);
    }

    /// <summary>Two ports in host order as one word in network order, the source in the low half.</summary>
    internal static uint NetworkPorts(ushort source, ushort destination) =>
        BinaryPrimitives.ReverseEndianness(source) | ((uint)BinaryPrimitives.ReverseEndianness(destination) << 16);
}
