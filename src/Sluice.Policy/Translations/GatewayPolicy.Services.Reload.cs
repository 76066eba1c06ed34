using Sluice.Packets.Addresses;
using Sluice.Policy.Translations;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    // A session to a virtual endpoint stays with its backend while that is listed, whatever its weight, state and health are and whomever a new packet would get.
    private Revalidation RedecideService(in LiveSession live, in FirstPacket first, in ServiceLine line, out Decision decision)
    {
        VirtualService service = VirtualServices[line.Service];
        decision = Admit(first, line);
        if (decision.Kind == DecisionKind.Drop) return Revalidation.Forbidden;
        if (decision.RealmTo != live.Reply.Realm) return Revalidation.Changed;
        Decision admitted = decision;
        for (int place = 0; place < service.Backends.Length; place++)
        {
            decision = LeadTo(first, line, place, admitted);
            if (LeadsToSameBackend(live, service, place, decision) && OwnsItsSource(live, first, line, place, ref decision)) return Revalidation.Kept;
        }

        return RedecideRemoved(live, first, line, admitted, out decision);
    }

    // Packets of all direct backends look the same: which one a session has, it remembers.
    private static bool LeadsToSameBackend(in LiveSession live, VirtualService service, int place, in Decision decision)
    {
        if (!decision.IsRoutedBy) return LeadsToSameEndpoint(live, decision);
        int own = live.Backend - service.FirstBackend;
        return (uint)own < (uint)service.Backends.Length && service.Backends[own].Address == service.Backends[place].Address && LeadsToSameEndpoint(live, decision);
    }

    // Connections of a backend that is gone are left to finish where the document says so. Whatever else there is chooses again.
    private Revalidation RedecideRemoved(in LiveSession live, in FirstPacket first, in ServiceLine line, in Decision admitted, out Decision decision)
    {
        VirtualService service = VirtualServices[line.Service];
        decision = admitted;
        if (service.DrainsRemoved && TryFinish(live, first, ref decision)) return Revalidation.Kept;
        decision = LeadTo(first, line, service.Choose(first), admitted);
        return decision.Kind == DecisionKind.Drop ? Revalidation.Forbidden : Revalidation.Changed;
    }

    // What a backend or the hairpin says of the source is an address; the port is another where the return tuple was taken. Through a peering the exposes say it.
    private bool OwnsItsSource(in LiveSession live, in FirstPacket first, in ServiceLine line, int place, ref Decision decision)
    {
        if (MayLeaveOtherwise(first.Realm, decision.Kind) && RedecideSource(live, first, ref decision)) return HasSourceOfPolicy(live, decision);
        if (line.Pair != ServiceLine.Own && !BackendLines[line.FirstBackend + place].RewritesSource) return OwnsItsSource(live, first, ref decision);
        if (decision.SourcePool != Decision.NoPool) return live.HasPublicSource && PoolHas(decision.SourcePool, live.Reply.Destination);
        IpAddress source = decision.RewritesSource ? decision.Source : first.Source;
        if (live.HasPublicSource || source != live.Reply.Destination) return false;
        if (decision.RewritesSource) decision.SetSource(source, live.Reply.DestinationPort);
        return true;
    }
}
