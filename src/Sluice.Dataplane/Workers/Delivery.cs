using System.Runtime.CompilerServices;
using Sluice.Dataplane.Egress;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Stages;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Workers;

/// <summary>The end of a packet's way: hops left, route, size, and the header of the link that it leaves by.</summary>
internal sealed unsafe class Delivery(WorkerContext context) : IDisposable
{
    private readonly HeldPackets held = new(context);

    /// <summary>Packets that wait for a neighbour.</summary>
    public int Held => held.Count;

    public void Dispose() => held.Dispose();

    /// <summary>Sends what has waited for neighbours that are known by now, and drops what has waited too long.</summary>
    public void Poll() => held.Poll();

    /// <summary>Gives a finished packet the next link's header and puts it on that link's list.</summary>
    public void Send(Packet* packet, NextHop* next)
    {
        if (next->State != NextHopState.Resolved)
        {
            held.HoldSlow(packet, next);
            return;
        }

        int headerLength = next->HeaderLength;
        if (headerLength != packet->L3) MoveSlow(packet, headerLength);
        Dress(packet, next);
        if (!context.Outputs.TryAdd(packet, next->Link)) context.Drop(packet, DropReason.LinkFull);
    }

    /// <summary>Gives a packet whose IP header begins where the next link's header ends that header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dress(Packet* packet, NextHop* next)
    {
        NextHop.WriteHeader(next, packet->Data + packet->L3);
        packet->Length = packet->L3 + packet->L3Length;
        packet->OutLink = next->Link;
        packet->Verdict = Verdict.Forward;
    }

    /// <summary>
    /// What the fast path does not check: a direction that an access list denies, hops used up, a next hop not looked for yet, a packet larger than the link takes.
    /// Returns the next hop, or null where the packet has been disposed of.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public NextHop* CheckSlow<TPacket, TFlow, TKey, TLine>(Packet* packet, TLine* line)
        where TPacket : struct, IPacketFamily<TKey, TLine>
        where TFlow : struct, IFlowFamily<TKey, TLine>
        where TKey : unmanaged
        where TLine : unmanaged
    {
        FlowState* state = TFlow.StateOf(line);
        if ((state->Conduct & FlowConduct.Denied) == 0) return CheckErrorSlow<TPacket, TFlow, TKey, TLine>(packet, line);
        if (context.Store.TryDescribe(TFlow.Family, state->Partner, context.Now, out SessionView session)) Tell(session);
        context.Store.End(context.Sessions, TFlow.Family, state->Partner, EndReason.Denied, context.Now);
        context.Drop(packet, DropReason.AclDenied, state->RealmTo);
        return null;
    }

    // Which rule denies an answer was not written down when the session was made.
    private void Tell(in SessionView session)
    {
        AclVerdict verdict = context.Rules.Policy.JudgeReply(session.Original, session.Reply, session.Rule);
        if (verdict.Logs) context.Records.AddSlow(FirstPacket.Of(session.Reply), session.Original.Realm, verdict.Rule, denied: true, context.Rules.Generation, context.Now);
    }

    /// <summary>The same for an ICMP error that goes the way of a line: it may pass where the packets of that direction may not, and changes nothing for them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public NextHop* CheckErrorSlow<TPacket, TFlow, TKey, TLine>(Packet* packet, TLine* line)
        where TPacket : struct, IPacketFamily<TKey, TLine>
        where TFlow : struct, IFlowFamily<TKey, TLine>
        where TKey : unmanaged
        where TLine : unmanaged
    {
        FlowState* state = TFlow.StateOf(line);
        if (packet->Ttl < 2)
        {
            Expire(packet, state->RealmTo);
            return null;
        }

        uint handle = state->NextHop;
        if (context.NextHops.At(handle)->Handle != handle)
        {
            IpAddress towards = default;
            bool isDirect = (state->Seen & FlowState.Reply) == 0 && context.Store.TryGetNextHop(TFlow.Family, state->Partner, out towards);
            handle = context.Resolve(state->RealmTo, isDirect ? towards : TPacket.WrittenDestination(line));
            if (!IsReached(packet, handle, state->RealmTo)) return null;

            // Without a next hop every packet of a denied direction comes to the slow check.
            if ((state->Conduct & FlowConduct.Denied) == 0) state->NextHop = handle;
        }

        NextHop* next = context.NextHops.At(handle);
        return Fits(packet, next, state->RealmTo) ? next : null;
    }

    /// <summary>Whether the packet fits the next link; where not it is dropped and its sender told.</summary>
    public bool Fits(Packet* packet, NextHop* next, ushort realmTo)
    {
        if (SuperFrame.LongestPacket(packet) <= next->Mtu) return true;
        context.Answers.TooBig(packet, next->Mtu);
        context.Drop(packet, DropReason.TooBig, realmTo);
        return false;
    }

    /// <summary>Routes a packet without session inside a realm or into another one, unchanged but for its hop count.</summary>
    /// <param name="packet">A parsed packet.</param>
    /// <param name="realmTo">The realm in which its destination is looked for.</param>
    /// <param name="destination">Its destination.</param>
    public void Route(Packet* packet, ushort realmTo, IpAddress destination)
    {
        if (packet->Ttl < 2)
        {
            Expire(packet, realmTo);
            return;
        }

        uint handle = context.Resolve(realmTo, destination);
        if (!IsReached(packet, handle, realmTo)) return;
        NextHop* next = context.NextHops.At(handle);
        if (realmTo == packet->Realm && next->Link == packet->Link)
        {
            // An untranslated packet never goes back out of the link that it came in by: its sender could have sent it there himself.
            context.Drop(packet, DropReason.NotExposed);
            return;
        }

        if (!Fits(packet, next, realmTo)) return;
        if (destination.IsV4) PacketFamily4.DecrementHops(packet);
        else PacketFamily6.DecrementHops(packet);
        Send(packet, next);
    }

    /// <summary>The next hop of a packet that is about to begin a session, or none where it can't be sent and has been disposed of.</summary>
    public uint Reach(Packet* packet, ushort realmTo, in IpAddress destination)
    {
        if (packet->Ttl < 2)
        {
            Expire(packet, realmTo);
            return FlowState.NoNextHop;
        }

        uint handle = context.Resolve(realmTo, destination);
        return IsReached(packet, handle, realmTo) && Fits(packet, context.NextHops.At(handle), realmTo) ? handle : FlowState.NoNextHop;
    }

    /// <summary>Whether a resolution found a next hop; where not, the packet is dropped and its sender told.</summary>
    public bool IsReached(Packet* packet, uint resolution, ushort realmTo)
    {
        if (NextHopTable.IsHandle(resolution)) return true;
        if (resolution == NextHopTable.Full)
        {
            context.Drop(packet, DropReason.NoNeighbor, realmTo);
            return false;
        }

        // An address of the gateway itself in another realm is nowhere to be sent to either: the host behind it is not part of that realm.
        context.Answers.Unreachable(packet);
        context.Drop(packet, DropReason.NoRoute, realmTo);
        return false;
    }

    private void Expire(Packet* packet, ushort realmTo)
    {
        context.Answers.TimeExceeded(packet);
        context.Drop(packet, DropReason.TtlExpired, realmTo);
    }

    /// <summary>The next link's header has another length: the packet starts elsewhere, and offsets move with it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MoveSlow(Packet* packet, int headerLength)
    {
        int moved = headerLength - packet->L3;
        packet->Data -= moved;
        packet->L3 = (ushort)headerLength;
        if (packet->L4 != 0) packet->L4 = (ushort)(packet->L4 + moved);
        if ((packet->Flags & PacketFlags.PartialChecksum) != 0) packet->ChecksumStart = (ushort)(packet->ChecksumStart + moved);
        if (packet->HeaderLength != 0) packet->HeaderLength = (ushort)(packet->HeaderLength + moved);
    }
}
