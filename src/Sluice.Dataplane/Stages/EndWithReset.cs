using System.Runtime.CompilerServices;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Ends TCP sessions whose backend is gone, and tells both ends by a reset in the other's name.</summary>
/// <remarks>
/// <para>An end believes a reset only with the sequence that it expects next (RFC 5961 section 3.2). That is what it acknowledged last; of a packet that meets the session, the packet says it itself.</para>
/// <para>Resets are limited. Where there may be none right now the session stays until its next packet, which is dropped, or the sweep's next round: it passes nothing meanwhile.</para>
/// </remarks>
internal sealed unsafe class EndWithReset(WorkerContext context)
{
    private const uint PerMillisecond = 10;
    private const uint Burst = 2000;

    private readonly AnswerLimit limit = new(PerMillisecond, Burst);

    /// <summary>Ends a session that has no packet at the moment.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void EndSlow(in SessionView session)
    {
        if (!MayMake()) return;
        FlowState* original = context.Store.StateOf(session.Ref.Family, session.Ref.Line);
        FlowState* reply = context.Store.StateOf(session.Ref.Family, original->Partner);
        bool hasAcknowledged = (original->Seen & FlowState.SeenAck) != 0;
        End(session, hasAcknowledged ? original->Acknowledged : null, reply->Acknowledged, reply->Acknowledged, DirectHop(session), tellsClient: true, tellsBackend: true);
    }

    /// <summary>Ends a session by a packet of one of its directions, and disposes of the packet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void EndAtSlow(Packet* packet, in SessionView session, bool isReply)
    {
        TcpHeader* segment = packet->Tcp;
        uint sequence = segment->Sequence.Value, acknowledged = segment->Acknowledgment.Value;
        bool isReset = (packet->TcpFlags & TcpFlag.Rst) != 0, acknowledges = (packet->TcpFlags & TcpFlag.Ack) != 0;
        if (MayMake())
        {
            FlowState* original = context.Store.StateOf(session.Ref.Family, session.Ref.Line);
            FlowState* reply = context.Store.StateOf(session.Ref.Family, original->Partner);
            uint backend = isReply && acknowledges ? acknowledged : isReply ? reply->Acknowledged : sequence;
            uint? client = isReply ? sequence : acknowledges ? acknowledged : (original->Seen & FlowState.SeenAck) != 0 ? original->Acknowledged : null;

            // Of a client that waits for the answer to its SYN nothing counts but the acknowledgement of that.
            if (isReply && (original->Seen & FlowState.SeenAck) == 0) client = null;
            End(session, client, reply->Acknowledged, backend, DirectHop(session), tellsClient: isReply || !isReset, tellsBackend: !isReply || !isReset);
        }

        context.Drop(packet, DropReason.NoBackend, isReply ? session.Original.Realm : session.RealmTo);
    }

    // Rights and room for both resets are taken together: no end is left to wonder.
    private bool MayMake() => context.Made.HasRoomFor(2) && limit.TryTake(context.Now, 2);

    private IpAddress? DirectHop(in SessionView session) =>
        context.Store.TryGetNextHop(session.Ref.Family, session.Ref.Line, out IpAddress towards) ? towards : null;

    private void End(in SessionView session, uint? client, uint firstOfClient, uint backend, IpAddress? towards, bool tellsClient, bool tellsBackend)
    {
        if (!context.Store.End(context.Sessions, session.Ref.Family, session.Ref.Line, EndReason.BackendRemoved, context.Now, session.Number)) return;
        if (tellsClient) Send(TurnedRound(session.Original), client, firstOfClient, null);
        if (tellsBackend) Send(TurnedRound(session.Reply), backend, 0, towards);
    }

    // By the routes of now; who can't be reached isn't told.
    private void Send(in FlowParts parts, uint? sequence, uint acknowledgment, IpAddress? towards)
    {
        uint handle = context.Resolve(parts.Realm, towards ?? parts.Destination);
        if (!NextHopTable.IsHandle(handle)) return;
        Packet* made = context.Made.TryTake();
        var source = new TcpEnd(parts.Source, parts.SourcePort);
        made->L3Length = TcpReset.Write(made->Data, source, new TcpEnd(parts.Destination, parts.DestinationPort), sequence, acknowledgment);
        made->Length = made->L3Length;
        made->Realm = parts.Realm;
        context.Counters->Made++;
        context.Delivery.Send(made, context.NextHops.At(handle));
    }

    // What leaves towards whoever sends packets of that tuple; sessions have the realm that those come from.
    private static FlowParts TurnedRound(in FlowParts parts) =>
        new(parts.Realm, parts.Protocol, parts.Destination, parts.DestinationPort, parts.Source, parts.SourcePort);
}
