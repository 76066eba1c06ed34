using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Records;

/// <summary>The control side of the workers' records. Belongs to the control thread.</summary>
internal sealed class RuleRecords(RuleLog[] logs)
{
    /// <summary>Records that wait to be asked for.</summary>
    public const int Capacity = 4096;

    private List<RuleRecord> waiting = [];
    private long lost;

    /// <summary>Records that found no room, here or in a worker.</summary>
    public long Lost => lost + logs.Sum(static log => log.Lost);

    /// <summary>Empties the workers' rings, worker by worker.</summary>
    /// <param name="rules">The rules in force.</param>
    /// <param name="before">Those before, while workers may still have gone by them.</param>
    public void Collect(Ruleset rules, Ruleset before)
    {
        foreach (RuleLog log in logs)
        {
            // What is written meanwhile is for the next time: a busy writer never keeps the reader here.
            for (int i = 0; i < RuleLog.Capacity && log.TryTake(out RuleEntry entry); i++)
            {
                Ruleset? decided = entry.Generation == rules.Generation ? rules : entry.Generation == before.Generation ? before : null;
                if (decided is null || waiting.Count == Capacity) lost++;
                else waiting.Add(RecordOf(entry, decided));
            }
        }
    }

    /// <summary>The records collected since the last time, each worker's in its order.</summary>
    public IReadOnlyList<RuleRecord> Take()
    {
        if (waiting.Count == 0) return [];
        List<RuleRecord> taken = waiting;
        waiting = [];
        return taken;
    }

    private static RuleRecord RecordOf(in RuleEntry entry, Ruleset decided)
    {
        IpFamily family = (entry.Traits & RuleEntryTraits.V6) != 0 ? IpFamily.V6 : IpFamily.V4;
        return new RuleRecord(
            decided.Policy.Rules[(int)entry.Rule],
            (entry.Traits & RuleEntryTraits.Denied) != 0,
            entry.At,
            entry.RealmFrom,
            entry.RealmTo,
            entry.Protocol,
            (entry.Traits & RuleEntryTraits.HasPorts) != 0,
            new IpAddress(family, entry.Source),
            entry.SourcePort,
            new IpAddress(family, entry.Destination),
            entry.DestinationPort,
            entry.PassedOver);
    }
}
