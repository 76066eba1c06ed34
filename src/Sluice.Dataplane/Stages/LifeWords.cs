using Sluice.Packets;
using Sluice.Packets.Headers;

namespace Sluice.Dataplane.Stages;

/// <summary>What of a packet tells whether it may open or close its session, beside its flags: see <see cref="Sessions.SessionStore.TouchTcpSlow"/>.</summary>
internal static unsafe class LifeWords
{
    /// <summary>TCP's sequence and acknowledgement; SCTP's verification tag, and the initiate tag where there is one.</summary>
    public static (uint Sequence, uint Acknowledgement) Of(Packet* packet) => packet->Protocol == IpProtocol.Sctp
        ? (packet->Sctp->VerificationTag.Value, InitiateTag(packet))
        : (packet->Tcp->Sequence.Value, packet->Tcp->Acknowledgment.Value);

    /// <summary>What a session begins with: TCP's sequence number, the tag that an SCTP INIT asks for, else 0.</summary>
    public static uint FirstOf(Packet* packet) => packet->Protocol switch
    {
        IpProtocol.Tcp => packet->Tcp->Sequence.Value,
        IpProtocol.Sctp => InitiateTag(packet),
        _ => 0,
    };

    // INIT and INIT ACK are the chunks that count as SYN, and the parser has seen that they are whole.
    private static uint InitiateTag(Packet* packet) => (packet->TcpFlags & TcpFlag.Syn) != 0 ? packet->SctpChunk->InitiateTag.Value : 0;
}
