using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>That a session began or ended, as the thread that did it wrote it down: a value without references, so that it lies in native memory.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SessionEvent
{
    /// <summary>The session's number.</summary>
    public ulong Number { get; init; }

    /// <summary>Whether it ended; else it began.</summary>
    public bool IsEnd { get; init; }

    /// <summary>Why it ended.</summary>
    public EndReason Reason { get; init; }

    /// <summary>When, by the clock: of a session that expired, when its time was over.</summary>
    public uint At { get; init; }

    /// <summary>When it was made.</summary>
    public uint Start { get; init; }

    /// <summary>Where it was in its life.</summary>
    public SessionStateName State { get; init; }

    /// <summary>The original direction's packets as they arrive.</summary>
    public FlowParts Original { get; init; }

    /// <summary>The reply direction's packets as they arrive.</summary>
    public FlowParts Reply { get; init; }

    /// <summary>The realm that the original direction goes to.</summary>
    public ushort RealmTo { get; init; }

    /// <summary>The rule that it lived under, as the policy of <see cref="Generation"/> numbers them.</summary>
    public uint Rule { get; init; }

    /// <summary>The policy generation that last confirmed it.</summary>
    public ushort Generation { get; init; }

    /// <summary>The account of where it went; <see cref="AccountTable.None"/>: none.</summary>
    public uint Account { get; init; }

    /// <summary>The account of the policy that its source left by; <see cref="AccountTable.None"/>: none.</summary>
    public uint SourceAccount { get; init; }

    /// <summary>Milliseconds between its last packet that counts and <see cref="At"/>.</summary>
    public uint IdleMilliseconds { get; init; }

    /// <summary>Milliseconds that it might stay idle.</summary>
    public uint IdleLimitMilliseconds { get; init; }

    /// <summary>Packets of the original direction.</summary>
    public ulong OriginalPackets { get; init; }

    /// <summary>Bytes of the original direction.</summary>
    public ulong OriginalBytes { get; init; }

    /// <summary>Packets of the reply direction.</summary>
    public ulong ReplyPackets { get; init; }

    /// <summary>Bytes of the reply direction.</summary>
    public ulong ReplyBytes { get; init; }

    /// <summary>Milliseconds that it had lived.</summary>
    public uint AgeMilliseconds => (uint)Math.Max(0, (int)(At - Start));
}
