using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Policy;

namespace Sluice.Dataplane.Records;

/// <summary>The records of one worker: a ring in native memory with one writer, the worker, and one reader, the control side. Neither waits for the other.</summary>
internal sealed unsafe class RuleLog : IDisposable
{
    /// <summary>Records that wait to be read.</summary>
    public const int Capacity = 1024;

    private readonly RecordLimit limit = new();
    private readonly RuleEntry* ring = (RuleEntry*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(RuleEntry), 64);
    private uint written;
    private uint read;
    private long lost;

    /// <summary>Records that found the ring full.</summary>
    public long Lost => Volatile.Read(ref lost);

    /// <summary>Tells of a packet that a rule with <c>log: true</c> allowed or denied.</summary>
    /// <param name="packet">The packet as it came.</param>
    /// <param name="to">The realm that it goes to, or would.</param>
    /// <param name="rule">The rule's number.</param>
    /// <param name="denied">Whether the packet was dropped.</param>
    /// <param name="generation">The rules in force.</param>
    /// <param name="now">The coarse clock.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddSlow(in FirstPacket packet, ushort to, uint rule, bool denied, ushort generation, uint now)
    {
        if (!limit.TryTake(rule, now, out uint passedOver)) return;
        if (written - Volatile.Read(ref read) == Capacity)
        {
            lost++;
            return;
        }

        RuleEntryTraits traits = (denied ? RuleEntryTraits.Denied : 0) | (packet.HasPorts ? RuleEntryTraits.HasPorts : 0) | (packet.Source.IsV4 ? 0 : RuleEntryTraits.V6);
        ring[written % Capacity] = new RuleEntry
        {
            Source = packet.Source.Value,
            Destination = packet.Destination.Value,
            At = now,
            Rule = rule,
            PassedOver = passedOver,
            Generation = generation,
            RealmFrom = packet.Realm,
            RealmTo = to,
            SourcePort = packet.SourcePort,
            DestinationPort = packet.DestinationPort,
            Protocol = packet.Protocol,
            Traits = traits,
        };
        Volatile.Write(ref written, written + 1);
    }

    /// <summary>Takes the oldest record, for the reader.</summary>
    public bool TryTake(out RuleEntry entry)
    {
        entry = default;
        if (read == Volatile.Read(ref written)) return false;
        entry = ring[read % Capacity];
        Volatile.Write(ref read, read + 1);
        return true;
    }

    public void Dispose()
    {
        limit.Dispose();
        NativeMemory.AlignedFree(ring);
    }
}
