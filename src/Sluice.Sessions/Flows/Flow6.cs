using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>IPv6 flows: a 40-byte key in a line of 128 bytes.</summary>
public readonly unsafe struct Flow6 : IFlowFamily<FlowKey6, FlowLine6>
{
    /// <inheritdoc/>
    public static IpFamily Family => IpFamily.V6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(in FlowKey6 key, in HashSecret secret) => FlowHash.Of(in key, in secret);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(FlowLine6* line, in FlowKey6 key) =>
        ((line->Key.Source0 ^ key.Source0) | (line->Key.Source1 ^ key.Source1)
        | (line->Key.Destination0 ^ key.Destination0) | (line->Key.Destination1 ^ key.Destination1)
        | (line->Key.Rest ^ key.Rest)) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey6* KeyOf(FlowLine6* line) => &line->Key;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowState* StateOf(FlowLine6* line) => &line->State;

    /// <inheritdoc/>
    public static ushort RealmOf(FlowLine6* line) => line->Key.Realm;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey6 MakeKey(in FlowParts parts) => new()
    {
        Source0 = HighWord(parts.Source),
        Source1 = LowWord(parts.Source),
        Destination0 = HighWord(parts.Destination),
        Destination1 = LowWord(parts.Destination),
        Rest = FlowKey4.RestOf(Flow4.NetworkPorts(parts.SourcePort, parts.DestinationPort), parts.Realm, parts.Protocol),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowParts PartsOf(in FlowKey6 key) => new(
        key.Realm,
        key.Protocol,
        AddressOf(key.Source0, key.Source1),
        BinaryPrimitives.ReverseEndianness((ushort)key.Ports),
        AddressOf(key.Destination0, key.Destination1),
        BinaryPrimitives.ReverseEndianness((ushort)(key.Ports >> 16)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetWrite(FlowLine6* line, in FlowKey6 partnerKey)
    {
        line->Write.Source0 = partnerKey.Destination0;
        line->Write.Source1 = partnerKey.Destination1;
        line->Write.Destination0 = partnerKey.Source0;
        line->Write.Destination1 = partnerKey.Source1;
        line->Write.Ports = BitOperations.RotateLeft(partnerKey.Ports, 16);
    }

    private static ulong HighWord(IpAddress address) => BinaryPrimitives.ReverseEndianness((ulong)(address.Value >> 64));

    private static ulong LowWord(IpAddress address) => BinaryPrimitives.ReverseEndianness((ulong)address.Value);

    private static IpAddress AddressOf(ulong high, ulong low) => IpAddress.V6(
        new UInt128(BinaryPrimitives.ReverseEndianness(high), BinaryPrimitives.ReverseEndianness(low)));
}
