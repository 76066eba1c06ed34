using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Leads a client's new session to the backend that its last one had, and remembers the backend of this one. Asked when a session is made, never ahead of its turn.</summary>
internal sealed unsafe class ClientAffinity(WorkerContext context)
{
    private AffinityTable Table => context.Store.Affinity;

    /// <summary>Calls for where the client of a packet that was decided ahead is remembered: first for the beginning of its chain, then for what that names.</summary>
    public void Call(in FlowParts parts, in Decision decision, bool hasHead)
    {
        if (!context.Rules.Policy.TryGetAffinity(decision.Backend, out AffinityTerms terms)) return;
        var key = new AffinityKey(terms.Translation, parts.Realm, parts.Source);
        if (hasHead) Table.PrefetchEntry(in key);
        else Table.PrefetchHead(in key);
    }

    /// <summary>Turns a decision to the backend that its client is to have.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="parts">Its tuple.</param>
    /// <param name="decision">What the packet's own hash chose.</param>
    /// <returns>What is remembered of the client, for <see cref="Settle"/>.</returns>
    public Remembered Lead(Packet* packet, in FlowParts parts, ref Decision decision)
    {
        GatewayPolicy policy = context.Rules.Policy;
        if (!policy.TryGetAffinity(decision.Backend, out AffinityTerms terms)) return default;
        var remembered = new Remembered
        {
            Key = new AffinityKey(terms.Translation, parts.Realm, parts.Source),
            Lasts = (uint)Math.Clamp(terms.Lasts.TotalMilliseconds, 0, Lifetimes.Max),
        };
        remembered.Entry = Table.Find(in remembered.Key, context.Now, out ulong had, out _);
        if (remembered.Entry == AffinityTable.None || !policy.TryGetPinned(decision.Backend, had, out int number))
        {
            ulong instead = remembered.Entry == AffinityTable.None ? 0 : had;
            ulong has = Table.Pin(context.Sessions, in remembered.Key, terms.Backend, instead, remembered.Lasts, context.Now, out remembered.Entry);

            // Another worker was first; by other rules, if this one may not have its backend.
            if (has == terms.Backend || !policy.TryGetPinned(decision.Backend, has, out number)) return remembered;
        }

        if (number != decision.Backend) context.Rules.LeadTo(FirstPackets.Of(packet, in parts), number, ref decision);
        return remembered;
    }

    /// <summary>The session was made, and the client's time begins again; or it was not.</summary>
    public void Settle(in Remembered remembered, bool wasMade)
    {
        if (wasMade) Table.Renew(remembered.Entry, remembered.Lasts, context.Now);
        else Table.Forget(context.Sessions, in remembered.Key, remembered.Entry);
    }

    /// <summary>What is remembered of a client while its session is made.</summary>
    internal struct Remembered
    {
        /// <summary>The client.</summary>
        public AffinityKey Key;

        /// <summary>Its entry; none: there was no room.</summary>
        public uint Entry;

        /// <summary>Milliseconds that it lasts.</summary>
        public uint Lasts;
    }
}
