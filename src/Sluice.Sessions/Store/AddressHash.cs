using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Keyed hashes of addresses and endpoints, for the indexes beside the flow tables.</summary>
internal static class AddressHash
{
    /// <summary>Folds a word that holds nothing from outside, or a hash, with another: a multiplication under the secret, for the price of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong left, ulong right, in HashSecret secret)
    {
        ulong high = Math.BigMul(left ^ secret.Low, right ^ secret.High, out ulong low);
        return high ^ low;
    }

    /// <summary>The hash of an address in a realm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ushort realm, in IpAddress address, in HashSecret secret)
    {
        ulong low = (ulong)address.Value;
        return address.IsV4
            ? FlowHash.Of(low, realm, in secret)
            : FlowHash.Of(FlowHash.Of((ulong)(address.Value >> 64), low, in secret), realm | 1UL << 32, in secret);
    }

    /// <summary>The hash of an endpoint of a protocol in a realm, with something else that tells it from others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ushort realm, in IpAddress address, ushort port, byte protocol, ushort other, in HashSecret secret)
    {
        ulong low = (ulong)address.Value;
        ulong rest = realm | ((ulong)port << 16) | ((ulong)other << 32) | ((ulong)protocol << 48);
        return address.IsV4
            ? FlowHash.Of(low, rest, in secret)
            : FlowHash.Of(FlowHash.Of((ulong)(address.Value >> 64), low, in secret), rest | 1UL << 63, in secret);
    }
}
