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
/// <para>An end believes a reset only with the sequence that it expects next (RFC 5961 section 3.2): what it acknowledged last, once nothing is on its way to it any more. So a session is ended
/// when nothing of it has passed for a while: its packets are dropped meanwhile, but what they acknowledge is noted.</para>
/// <para>Resets are limited. Where there may be none right now the session stays until its next packet or the sweep's next round: it passes nothing meanwhile.</para>
/// </remarks>
internal sealed unsafe class EndWithReset(WorkerContext context)
{
    private const uint PerMillisecond = 10;
    private const uint Burst = 2000;

    // Longer than most ways there and back, and than an end may hold an acknowledgement back (RFC 9293 section 3.8.6.3).
    private const uint QuietMilliseconds = 500;

    private readonly AnswerLimit limit = new(PerMillisecond, Burst);

    /// <summary>Ends a session that has no packet at the moment, if it is time.</summary>
    /// <param name="session">The session.</param>
    /// <param name="isTime">Whether it is time whatever is on its way.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void EndSlow(in SessionView session, bool isTime)
    {
        if (!(isTime || IsQuiet(session)) || !MayMake()) return;
        FlowState* original = context.Store.StateOf(session.Ref.Family, session.Ref.Line);
        FlowState* reply = context.Store.StateOf(session.Ref.Family, original->Partner);
        End(session, ExpectedByClient(original), reply->Acknowledged, reply->Acknowledged, tellsClient: true, tellsBackend: true);
    }

    /// <summary>Disposes of a packet of a session that is to end, and ends it, if it is time; a reset is passed on at once in another's name.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void EndAtSlow(Packet* packet, in SessionView session, bool isReply)
    {
        FlowState* original = context.Store.StateOf(session.Ref.Family, session.Ref.Line);
        FlowState* reply = context.Store.StateOf(session.Ref.Family, original->Partner);
        if ((packet->TcpFlags & TcpFlag.Ack) != 0) Note(isReply ? reply : original, packet->Tcp->Acknowledgment.Value);

        bool isReset = (packet->TcpFlags & TcpFlag.Rst) != 0;
        if ((isReset || IsQuiet(session)) && MayMake())
        {
            // Who has lost an acknowledgement of the other end goes on from beyond it.
            uint sequence = packet->Tcp->Sequence.Value;
            uint? client = ExpectedByClient(original);
            if (isReply && client is { } known) client = Later(known, sequence);
            uint backend = isReply ? reply->Acknowledged : Later(reply->Acknowledged, sequence);
            End(session, client, reply->Acknowledged, backend, tellsClient: isReply || !isReset, tellsBackend: !isReply || !isReset);
        }

        context.Drop(packet, DropReason.NoBackend, isReply ? session.Original.Realm : session.RealmTo);
    }

    // Nothing has passed under the rules that end it, nor for a while before.
    private bool IsQuiet(in SessionView session) => Math.Max(session.IdleMilliseconds, context.Now - context.RulesSince) >= QuietMilliseconds;

    // A client that waits for the answer to its SYN expects no sequence yet: it believes what acknowledges that.
    private static uint? ExpectedByClient(FlowState* original) => (original->Seen & FlowState.SeenAck) != 0 ? original->Acknowledged : null;

    private static void Note(FlowState* own, uint acknowledged)
    {
        own->Acknowledged = (own->Seen & FlowState.SeenAck) != 0 ? Later(own->Acknowledged, acknowledged) : acknowledged;
        own->Seen |= FlowState.SeenAck;
    }

    // Sequences go round (RFC 9293 section 3.4).
    private static uint Later(uint one, uint other) => (int)(other - one) > 0 ? other : one;

    // Rights and room for both resets are taken together: no end is left to wonder.
    private bool MayMake() => context.Made.HasRoomFor(2) && limit.TryTake(context.Now, 2);

    private void End(in SessionView session, uint? client, uint firstOfClient, uint backend, bool tellsClient, bool tellsBackend)
    {
        IpAddress? towards = context.Store.TryGetNextHop(session.Ref.Family, session.Ref.Line, out IpAddress direct) ? direct : null;
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
