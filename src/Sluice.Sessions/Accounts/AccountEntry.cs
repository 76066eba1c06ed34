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

    /// <summary>First packets that got no session because there was no backend.</summary>
    [FieldOffset(24)] public long NoBackend;

    /// <summary>Packets of the original direction, of sessions that have ended.</summary>
    [FieldOffset(32)] public long OriginalPackets;

    /// <summary>Bytes of the original direction, of sessions that have ended.</summary>
    [FieldOffset(40)] public long OriginalBytes;

    /// <summary>Packets of the reply direction, of sessions that have ended.</summary>
    [FieldOffset(48)] public long ReplyPackets;

    /// <summary>Bytes of the reply direction, of sessions that have ended.</summary>
    [FieldOffset(56)] public long ReplyBytes;

    /// <summary>First packets that got no session because no port or address was left for their source.</summary>
    [FieldOffset(64)] public long PoolExhausted;

    /// <summary>First packets that got no session because no table had room for it.</summary>
    [FieldOffset(72)] public long TableFull;

    /// <summary>First packets that got no session because their host had its quota.</summary>
    [FieldOffset(80)] public long QuotaExceeded;

    /// <summary>TCP sessions that ended without a segment from the side that they went to: it isn't there, or silent. None is counted where answers go another way.</summary>
    [FieldOffset(88)] public long Unanswered;

    // The address without its family, which is the packet's.
    [FieldOffset(96)] internal UInt128 Address;

    [FieldOffset(112)] internal AccountMark Mark;

    /// <summary>TCP sessions whose first segment was answered by a SYN: somebody listens. It wraps: what counts is whether there are more than before.</summary>
    [FieldOffset(116)] public uint Accepted;

    /// <summary>TCP sessions whose first segment was answered by a reset: nobody listens.</summary>
    [FieldOffset(120)] public long Rejected;

    /// <summary>First packets that got no session.</summary>
    public readonly long Refused => NoBackend + PoolExhausted + TableFull + QuotaExceeded;

    /// <summary>Adds what has been counted of sessions that have ended under an account that is no more. Of one thread; workers count here meanwhile.</summary>
    internal void Add(in AccountEntry more)
    {
        Interlocked.Add(ref Begun, more.Begun);
        Interlocked.Add(ref Expired, more.Expired);
        Interlocked.Add(ref OriginalPackets, more.OriginalPackets);
        Interlocked.Add(ref OriginalBytes, more.OriginalBytes);
        Interlocked.Add(ref ReplyPackets, more.ReplyPackets);
        Interlocked.Add(ref ReplyBytes, more.ReplyBytes);
        Interlocked.Add(ref NoBackend, more.NoBackend);
        Interlocked.Add(ref PoolExhausted, more.PoolExhausted);
        Interlocked.Add(ref TableFull, more.TableFull);
        Interlocked.Add(ref QuotaExceeded, more.QuotaExceeded);
        Interlocked.Add(ref Unanswered, more.Unanswered);
        Interlocked.Add(ref Rejected, more.Rejected);
    }

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
