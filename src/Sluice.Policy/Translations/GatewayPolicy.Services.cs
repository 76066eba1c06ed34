using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;
using Sluice.Policy.Translations;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    // By the number of a backend: whose it is.
    private readonly VirtualService?[] owners = [];

    /// <summary>The virtual services, in the order of the configuration.</summary>
    public IReadOnlyList<VirtualService> Services => VirtualServices;

    internal VirtualService[] VirtualServices
    {
        get;
        init
        {
            field = value;
            owners = [null, .. value.SelectMany(static service => service.Backends, static (service, _) => service)];
        }
    } = [];

    // By the number in a Destination: a service as its own realm, or a peer, sees it.
    internal ServiceView[] ServiceViews { get; init; } = [];

    // By the number in a Destination: a service by who asks.
    internal SourceMatch[] SourceMatches { get; init; } = [];

    /// <summary>The service and the place in its list of a backend that a decision names; false where there is none of that number.</summary>
    /// <param name="number"><see cref="Decision.Backend"/>.</param>
    /// <param name="service">Its service.</param>
    /// <param name="place">Its place in <see cref="VirtualService.Backends"/>.</param>
    public bool TryGetBackend(int number, out VirtualService? service, out int place)
    {
        service = (uint)number < (uint)owners.Length ? owners[number] : null;
        place = service is null ? 0 : number - service.FirstBackend;
        return service is not null;
    }

    /// <summary>Says whether a backend can be reached: one that can't gets no new sessions. Of one control thread; decisions see it at once.</summary>
    /// <param name="number">The backend, as <see cref="Decision.Backend"/> names it.</param>
    /// <param name="isUp">Whether it can be reached; of a new policy each can.</param>
    public void SetUp(int number, bool isUp)
    {
        if (TryGetBackend(number, out VirtualService? service, out int place)) service!.SetUp(place, isUp);
    }

    private Decision Serve(in FirstPacket packet, in ServiceView view)
    {
        Decision decision = Admit(packet, view);
        return decision.Kind == DecisionKind.Drop ? decision : LeadTo(packet, view.Service, view.Service.Choose(packet), decision);
    }

    // Who may reach the service, and as whom: everybody of its own realm as he is, through a peering who and as its exposes and access list say.
    private Decision Admit(in FirstPacket packet, in ServiceView view)
    {
        VirtualService service = view.Service;
        var decision = new Decision
        {
            Kind = DecisionKind.Session,
            RealmTo = service.Realm,
            SourcePool = Decision.NoPool,
            Rule = service.Rule,
            Timers = service.Timers,
            OriginalConduct = FlowConduct.KeepErrorSource,
            HasAffinity = service.Affinity is not null,
        };
        if (view.Pair == ServiceView.Own)
        {
            // Its backends' routers are hidden from nobody of their own realm.
            decision.ReplyConduct = FlowConduct.KeepErrorSource;
            return decision;
        }

        ref readonly ExposeView sender = ref SenderOf(Pairs[view.Pair].Sources, packet, out bool mayBegin);
        if (!mayBegin) return Drop(DropReason.NotExposed, sender.Kind == ExposeKind.None ? service.Rule : sender.Rule);
        if (!TrySetSource(packet, sender, ref decision, out DropReason refused)) return Drop(refused, sender.Rule);
        if (sender.Hides) decision.OriginalConduct = FlowConduct.None;
        return UnderAcl(view.Pair, packet, decision);
    }

    private static Decision LeadTo(in FirstPacket packet, VirtualService service, int place, Decision decision)
    {
        if (place == BackendChoice.None)
        {
            Decision refusal = Drop(DropReason.NoBackend, service.Rule);
            refusal.RealmTo = service.Realm;
            return refusal;
        }

        Backend backend = service.Backends[place];
        IpAddress address = backend.Address ?? packet.Destination;
        decision.Backend = service.FirstBackend + place;
        if (backend.IsDirect) decision.SetNextHop(address);
        else decision.SetDestination(address, service.PortOf(backend, packet.DestinationPort));
        SetSourceOf(packet, backend, address, ref decision);
        if (!backend.IsDirect) return decision;

        // Its end hides nothing: it has the virtual address itself.
        bool isTranslated = decision.RewritesSource || decision.SourcePool != Decision.NoPool;
        FlowConduct asItIs = isTranslated ? FlowConduct.KeepErrorSource : FlowConduct.KeepErrorSource | FlowConduct.Identity;
        decision.ReplyConduct = asItIs;
        if (!isTranslated) decision.OriginalConduct = asItIs;
        return decision;
    }

    private static void SetSourceOf(in FirstPacket packet, Backend backend, in IpAddress address, ref Decision decision)
    {
        if (backend.RewritesSource)
        {
            decision.SetSource(backend.Source ?? packet.Source, backend.SourcePort ?? packet.SourcePort);
            decision.SourcePool = Decision.NoPool;
        }
        else if (!backend.IsDirect && address == packet.Source && decision is { RewritesSource: false, SourcePool: Decision.NoPool })
        {
            // A backend that is its own client would answer itself: it sees the virtual IP instead (hairpin).
            decision.SetSource(packet.Destination, packet.SourcePort);
        }
    }

    // What no translation of a virtual address has. ICMP queries are for the gateway: it answers an echo request, and drops what else there is for the reason named.
    private Decision ServeRest(in FirstPacket packet, in ServiceView view)
    {
        bool isQuery = packet.HasPorts && packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        if (!isQuery)
        {
            // An address that source NAT has too belongs, for the rest of its ports, to whoever has a mapping.
            bool isShared = view.Pair == ServiceView.Own && CanTakePort(packet) && SourceNatOf(packet.Realm, packet.Destination) is not null;
            return isShared ? Ask(packet.Realm) : Drop(DropReason.NotExposed, view.Service.Rule) with { InSilence = true };
        }

        var decision = new Decision { Kind = DecisionKind.Stateless, RealmTo = view.Service.Realm, SourcePool = Decision.NoPool, Rule = view.Service.Rule };
        if (view.Pair != ServiceView.Own)
        {
            _ = SenderOf(Pairs[view.Pair].Sources, packet, out bool mayBegin);
            if (!mayBegin) return Drop(DropReason.NotExposed, view.Service.Rule);
            decision = UnderAcl(view.Pair, packet, decision);
            if (decision.Kind == DecisionKind.Drop) return decision;
        }

        decision.Kind = DecisionKind.Answer;
        decision.Reason = DropReason.NotExposed;
        decision.InSilence = true;
        return decision;
    }
}
