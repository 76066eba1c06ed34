using System.Runtime.CompilerServices;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>First packets as the policy is asked about them, and as records tell of them.</summary>
internal static unsafe class FirstPackets
{
    /// <summary>A packet with ports as the policy sees it.</summary>
    public static FirstPacket Of(Packet* packet, in FlowParts parts) => new()
    {
        Realm = parts.Realm,
        Link = packet->Link,
        Protocol = parts.Protocol,
        TcpFlags = packet->TcpFlags,
        HasPorts = true,
        Source = parts.Source,
        SourcePort = parts.SourcePort,
        Destination = parts.Destination,
        DestinationPort = parts.DestinationPort,
    };

    /// <summary>Tells of a decision that asks for a record, once it is done: of a line, or of a packet that was dropped.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void TellSlow(WorkerContext context, Packet* packet, in FlowParts parts, in Decision decision, uint line)
    {
        bool wasDone = decision.Kind == DecisionKind.Drop ? packet->Verdict == Verdict.Drop : line != FlowLines.None;
        if (wasDone) context.RecordSlow(Of(packet, parts), decision);
    }
}
