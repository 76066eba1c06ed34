using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>What is counted of one account's sessions: 128 bytes of native memory, so that two accounts never share a line that workers write.</summary>
/// <remarks>Touched where sessions are made and where they end, never for a packet: what a live session has passed stands in its lines.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct AccountEntry
{
    /// <summary>Sessions that live.</summary>
    [FieldOffset(0)] public long Active;

    /// <summary>Sessions made so far.</summary>
    [FieldOffset(8)] public long Begun;

    /// <summary>Sessions that ended because their time was over.</summary>
    [FieldOffset(16)] public long Expired;

    /// <summary>First packets that got no session.</summary>
    [FieldOffset(24)] public long Refused;

    /// <summary>Packets of the original direction, of sessions that have ended.</summary>
    [FieldOffset(32)] public long OriginalPackets;

    /// <summary>Bytes of the original direction, of sessions that have ended.</summary>
    [FieldOffset(40)] public long OriginalBytes;

    /// <summary>Packets of the reply direction, of sessions that have ended.</summary>
    [FieldOffset(48)] public long ReplyPackets;

    /// <summary>Bytes of the reply direction, of sessions that have ended.</summary>
    [FieldOffset(56)] public long ReplyBytes;

    // The address without its family, which is the packet's.
    [FieldOffset(96)] internal UInt128 Address;

    [FieldOffset(112)] internal AccountMark Mark;

    /// <summary>The address that a direct backend's packets are sent by.</summary>
    internal readonly IpAddress AddressOf(IpFamily family) => new(family, Address);
}

/// <summary>What workers read of an account's terms.</summary>
[Flags]
internal enum AccountMark : byte
{
    None = 0,

    /// <summary>A configuration in force names it.</summary>
    Held = 1,

    /// <summary><see cref="AccountTerms.Drains"/>.</summary>
    Drains = 2,

    /// <summary><see cref="AccountTerms.IsDirect"/>, with an address.</summary>
    Direct = 4,
}
