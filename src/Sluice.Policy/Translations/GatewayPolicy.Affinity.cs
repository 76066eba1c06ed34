using Sluice.Policy.Translations;

namespace Sluice.Policy;

/// <summary>What is to be remembered of a client that gets a backend, for the next sessions of the same client.</summary>
/// <param name="Translation">Names the translation: the same number in every configuration that has one of that name.</param>
/// <param name="Backend">Names the backend: the same number wherever the endpoint, the source and the manner are; never 0.</param>
/// <param name="Lasts">How long after its last new session the client keeps it.</param>
public readonly record struct AffinityTerms(ulong Translation, ulong Backend, TimeSpan Lasts);

public sealed partial class GatewayPolicy
{
    /// <summary>What is to be remembered of a decision with <see cref="Decision.HasAffinity"/>.</summary>
    /// <param name="backendNumber">Its <see cref="Decision.Backend"/>.</param>
    /// <param name="terms">What.</param>
    /// <returns>False: this backend's translation has no affinity.</returns>
    public bool TryGetAffinity(int backendNumber, out AffinityTerms terms)
    {
        terms = default;
        if (!TryGetBackend(backendNumber, out VirtualService? service, out int place) || service!.Affinity is not { } lasts) return false;
        terms = new AffinityTerms(service.Identity, service.PinOf(place), lasts);
        return true;
    }

    /// <summary>The backend that a client had, as <see cref="Decision.Backend"/> names it; false where it is listed no more, is down, or drains while another doesn't.</summary>
    /// <param name="backendNumber">A backend of the same translation.</param>
    /// <param name="backend">What was remembered: <see cref="AffinityTerms.Backend"/>.</param>
    /// <param name="pinnedNumber">The backend.</param>
    public bool TryGetPinned(int backendNumber, ulong backend, out int pinnedNumber)
    {
        pinnedNumber = 0;
        if (!TryGetBackend(backendNumber, out VirtualService? service, out _)) return false;
        int place = service!.Pinned(backend);
        if (place < 0 || !service.MayGet(place)) return false;
        pinnedNumber = service.FirstBackend + place;
        return true;
    }

    /// <summary>Decides a packet to a virtual IP anew, with this backend instead of the one that its hash chooses.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="backendNumber">The backend, as <see cref="Decision.Backend"/> names it; of another translation it changes nothing.</param>
    /// <param name="decision">What was decided.</param>
    public void LeadTo(in FirstPacket packet, int backendNumber, ref Decision decision)
    {
        int found = Resolve(packet, Locate(packet.Realm, packet.Destination));
        if (Destination.KindOf(found) != DestinationKind.Service) return;
        ref readonly ServiceLine line = ref ServiceLines[Destination.NumberOf(found)];
        int place = backendNumber - line.FirstBackend;
        if ((uint)place >= (uint)VirtualServices[line.Service].Backends.Length) return;
        Decision admitted = Admit(packet, line);
        decision = admitted.Kind == DecisionKind.Drop ? admitted : LeadTo(packet, line, place, admitted);
    }
}
