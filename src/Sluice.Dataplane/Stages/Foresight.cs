using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Decides a chunk's first packets ahead of their turn, so that what making their sessions touches is on its way to the cache.</summary>
internal sealed unsafe class Foresight(WorkerContext context, BeginSession begin)
{
    /// <summary>Begins to decide a packet ahead: finds where its destination leads, and calls for what is read next.</summary>
    public void Locate(ref Foreseen foreseen)
    {
        ref readonly FlowParts parts = ref foreseen.Request.Original;
        foreseen.Located = context.Rules.Policy.Locate(parts.Realm, parts.Destination);
    }

    /// <summary>Decides a packet ahead that has been located.</summary>
    /// <remarks>The policy is a pure function, so deciding early changes nothing; sessions are still made in the packets' order.</remarks>
    /// <param name="packet">The packet.</param>
    /// <param name="foreseen">Has the packet's tuple in <see cref="NewSession.Original"/>; the rest is filled in place, since a request is too large to be copied often.</param>
    public void Foresee(Packet* packet, ref Foreseen foreseen)
    {
        ref readonly FlowParts parts = ref foreseen.Request.Original;
        foreseen.Generation = context.Generation;
        foreseen.Decision = context.Rules.DecideLocated(FirstPackets.Of(packet, in parts), foreseen.Located);
        if (foreseen.Decision.Kind == DecisionKind.Session) begin.FillRequest(ref foreseen.Request, packet, in foreseen.Decision);
    }

    /// <summary>Works out the session that a packet will have which was decided ahead, and calls for what tells its port.</summary>
    public void Plan(ref Foreseen foreseen, ulong keyHash)
    {
        if (foreseen.Decision.Kind != DecisionKind.Session) return;
        foreseen.Request.OriginalHash = keyHash;
        context.Store.Plan(ref foreseen.Request);
        if (foreseen.Decision.HasAffinity) begin.Affinity.Call(in foreseen.Request.Original, in foreseen.Decision, hasHead: false);
    }

    /// <summary>Calls for what making the session of a packet that was decided ahead will touch.</summary>
    public void Prepare(in Foreseen foreseen)
    {
        if (foreseen.Decision.Kind != DecisionKind.Session) return;
        context.Store.PrefetchCreate(context.Sessions, in foreseen.Request);
        if (foreseen.Decision.HasAffinity) begin.Affinity.Call(in foreseen.Request.Original, in foreseen.Decision, hasHead: true);
    }

    /// <summary>What was decided ahead of a packet's turn.</summary>
    internal struct Foreseen
    {
        /// <summary>The rules that decided; 0: nothing was foreseen.</summary>
        public uint Generation;

        /// <summary>Where the destination leads by these rules: what a decision goes on from.</summary>
        public int Located;

        /// <summary>The decision.</summary>
        public Decision Decision;

        /// <summary>The packet's tuple, and the session to be made, where the decision is to make one.</summary>
        public NewSession Request;
    }
}
