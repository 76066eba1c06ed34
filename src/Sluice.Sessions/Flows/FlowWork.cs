using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What the passes over a chunk remember of one packet: 32 bytes for IPv4, 56 for IPv6.</summary>
/// <typeparam name="TKey">The family's key.</typeparam>
[StructLayout(LayoutKind.Sequential)]
public struct FlowWork<TKey>
    where TKey : unmanaged
{
    /// <summary>The packet's key.</summary>
    public TKey Key;

    /// <summary>The key's hash.</summary>
    public ulong Hash;

    /// <summary>The line that may be the packet's, or <see cref="FlowLines.None"/>; the key comparison decides.</summary>
    public uint Line;

    /// <summary>The packet's place in its burst.</summary>
    public uint Packet;
}

/// <summary>Names for indices of lines.</summary>
public static class FlowLines
{
    /// <summary>"No line".</summary>
    public const uint None = uint.MaxValue;
}
