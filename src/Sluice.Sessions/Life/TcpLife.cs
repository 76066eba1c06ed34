using Sluice.Packets;

namespace Sluice.Sessions;

/// <summary>A TCP session's life, told from what its two directions have sent. SCTP's is told from the same flags, see <see cref="SctpLife"/>.</summary>
/// <remarks>
/// Nothing but the two <see cref="FlowState.Seen"/> bytes holds the state: half-open until both directions have sent SYN and ACK, which a
/// simultaneous open does too (RFC 5382 REQ-2); closing after a FIN of either or a credible RST. Where answers may go another way, the reply direction
/// counts as having sent both from the start: open is then what the other side has acknowledged, for it heard an answer.
/// Callers hold the pair's lock.
/// </remarks>
internal static unsafe class TcpLife
{
    /// <summary>How far a reset may lie beyond what the other side acknowledged: the largest window without much scaling, and little to guess within.</summary>
    public const uint ResetWindow = 1 << 20;

    private const byte SynAck = FlowState.SeenSyn | FlowState.SeenAck;

    /// <summary>The flags of a TCP header as <see cref="FlowState.Seen"/> holds them.</summary>
    public static byte SeenOf(byte tcpFlags) => (byte)((tcpFlags & 7) | ((tcpFlags >> 1) & FlowState.SeenAck));

    /// <summary>Whether sessions of a protocol open and close by their own signs: both directions prolong them then, whatever a profile says.</summary>
    public static bool IsOf(byte protocol) => protocol is IpProtocol.Tcp or IpProtocol.Sctp;

    /// <summary>The state of a session of <paramref name="protocol"/> whose directions have sent these flags.</summary>
    public static SessionStateName StateOf(byte protocol, byte seen, byte otherSeen)
    {
        if (!IsOf(protocol))
        {
            return protocol switch
            {
                IpProtocol.Udp => SessionStateName.Udp,
                IpProtocol.Icmp or IpProtocol.IcmpV6 => SessionStateName.Icmp,
                _ => SessionStateName.Other,
            };
        }

        if (((seen | otherSeen) & (FlowState.SeenFin | FlowState.SeenRst)) != 0) return SessionStateName.Closing;
        return (seen & otherSeen & SynAck) == SynAck ? SessionStateName.Established : SessionStateName.HalfOpen;
    }

    /// <summary>Takes in a segment with SYN, FIN, RST or a first ACK that <paramref name="own"/>'s direction sent.</summary>
    public static TcpOutcome Touch(FlowState* own, FlowState* other, in TcpSegment segment, uint now, TimerClasses* classes, uint* idle, RstCheck check)
    {
        SessionStateName before = StateOf(IpProtocol.Tcp, own->Seen, other->Seen);
        if ((segment.Flags & FlowState.SeenRst) != 0)
        {
            if (check == RstCheck.Window && !IsCredible(own, other, in segment)) return TcpOutcome.Reset;
            uint oldIdle = idle[own->Timer];
            own->Seen |= FlowState.SeenRst;
            if (before == SessionStateName.Closing) return TcpOutcome.Reset;
            SetTimer(own, other, classes->Of(SessionStateName.Closing));
            BeginTransitory(own, other, now, oldIdle, idle[own->Timer]);
            return TcpOutcome.Reset;
        }

        bool opens = (segment.Flags & SynAck) == FlowState.SeenSyn;
        if (opens && before == SessionStateName.Closing) return TcpOutcome.Reopened;

        own->Seen |= segment.Flags;
        if ((segment.Flags & FlowState.SeenAck) != 0) own->Acknowledged = segment.Acknowledgement;
        if ((segment.Flags & FlowState.SeenSyn) != 0 && (other->Seen & FlowState.SeenAck) == 0) other->Acknowledged = segment.Sequence + 1;
        SessionStateName after = StateOf(IpProtocol.Tcp, own->Seen, other->Seen);

        // An operator's own time holds until the state changes.
        if (after != before) SetTimer(own, other, classes->Of(after));
        return TcpOutcome.Continues;
    }

    // RFC 5961 asks an end system for the exact sequence; a gateway knows it only nearly, from what passed it.
    private static bool IsCredible(FlowState* own, FlowState* other, in TcpSegment segment)
    {
        // What was acknowledged another way isn't known; a wrong reset costs a session its long time, and its next packet keeps it.
        if ((other->Seen & FlowState.OneWay) != 0) return true;
        if ((other->Seen & FlowState.SeenAck) != 0) return segment.Sequence - other->Acknowledged + 1 <= ResetWindow;

        // The other side has acknowledged nothing yet: only the answer to its SYN counts.
        return (segment.Flags & FlowState.SeenAck) != 0
            && (other->Seen & FlowState.SeenSyn) != 0
            && segment.Acknowledgement == own->Acknowledged;
    }

    /// <summary>Gives both directions a timer class.</summary>
    public static void SetTimer(FlowState* own, FlowState* other, ushort timer)
    {
        own->Timer = timer;
        other->Timer = timer;
    }

    /// <summary>
    /// A reset leaves the transitory time and prolongs nothing (RFC 7857 sections 2.2 and 7): the due time becomes the nearer of
    /// a transitory time from now and what it was.
    /// </summary>
    public static void BeginTransitory(FlowState* own, FlowState* other, uint now, uint oldIdle, uint newIdle)
    {
        uint last = (int)(own->LastSeen - other->LastSeen) > 0 ? own->LastSeen : other->LastSeen;
        uint start = last + oldIdle - newIdle;
        if ((int)(start - now) > 0) start = now;
        if ((int)(start - own->LastSeen) > 0) own->LastSeen = start;
    }
}

/// <summary>What of a TCP segment its session's life depends on; <see cref="Flags"/> as in <see cref="FlowState.Seen"/>. Of an SCTP packet: its verification tag as sequence, and INIT's or INIT ACK's initiate tag as acknowledgement.</summary>
internal readonly record struct TcpSegment(byte Flags, uint Sequence, uint Acknowledgement);
