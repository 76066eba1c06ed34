namespace Sluice.Sessions;

/// <summary>An SCTP association's life as one path of it shows: the handshake opens, ABORT and SHUTDOWN COMPLETE close (RFC 9260 sections 5.1 and 9).</summary>
/// <remarks>
/// <para>The parser writes a chunk as the TCP flags that mean the same (INIT as SYN, INIT ACK as SYN and ACK, SHUTDOWN ACK as FIN and ACK, ABORT and SHUTDOWN COMPLETE as RST,
/// all others as ACK), so states and timers are TCP's: half-open until both directions have sent SYN and ACK, that is until COOKIE ECHO; established; closing.</para>
/// <para>What ends an association counts if it carries a verification tag of it (section 8.5.1): its direction's own or, reflected by an end that knows nothing of it, the other one's.
/// <see cref="FlowState.Acknowledged"/> holds the tag that a direction's packets carry, learnt from the initiate tag that the other direction's INIT or INIT ACK asked for. 0 is unknown.</para>
/// <para>Further paths of an association with many addresses begin with HEARTBEAT, never with INIT: a session may begin so, and has the half-open time for as long as it lives.</para>
/// </remarks>
internal static unsafe class SctpLife
{
    private const byte SynAck = FlowState.SeenSyn | FlowState.SeenAck;

    /// <summary>Takes in a packet that begins or ends an association, or is the first of another kind that its direction sent.</summary>
    public static TcpOutcome Touch(FlowState* own, FlowState* other, in TcpSegment packet, uint now, TimerClasses* classes, uint* idle, RstCheck check)
    {
        SessionStateName before = TcpLife.StateOf(Packets.IpProtocol.Sctp, own->Seen, other->Seen);
        if ((packet.Flags & FlowState.SeenRst) != 0)
        {
            // Where answers go another way the tag that they ask for isn't known.
            bool isCredible = (other->Seen & FlowState.OneWay) != 0
                || (packet.Sequence != 0 && (packet.Sequence == own->Acknowledged || packet.Sequence == other->Acknowledged));
            if (check == RstCheck.Window && !isCredible) return TcpOutcome.Reset;
            uint oldIdle = idle[own->Timer];
            own->Seen |= FlowState.SeenRst;
            if (before == SessionStateName.Closing) return TcpOutcome.Reset;
            TcpLife.SetTimer(own, other, classes->Of(SessionStateName.Closing));
            TcpLife.BeginTransitory(own, other, now, oldIdle, idle[own->Timer]);
            return TcpOutcome.Reset;
        }

        if ((packet.Flags & SynAck) == FlowState.SeenSyn && before == SessionStateName.Closing) return TcpOutcome.Reopened;

        // An open association keeps its tags: whoever asks for others in the midst of it has yet to show that the other end agrees.
        own->Seen |= packet.Flags;
        if ((packet.Flags & FlowState.SeenSyn) != 0 && before == SessionStateName.HalfOpen) other->Acknowledged = packet.Acknowledgement;
        SessionStateName after = TcpLife.StateOf(Packets.IpProtocol.Sctp, own->Seen, other->Seen);
        if (after != before) TcpLife.SetTimer(own, other, classes->Of(after));
        return TcpOutcome.Continues;
    }
}
