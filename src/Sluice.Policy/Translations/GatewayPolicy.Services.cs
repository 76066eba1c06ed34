using System.Runtime.CompilerServices;
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
    internal LineTable<ServiceLine> ServiceLines { get; init; }

    // By the number that a decision has for a backend.
    internal LineTable<BackendLine> BackendLines { get; init; }

    // By realm number: the virtual addresses of realms with many; empty, where it is not worth one.
    internal HostIndex[] Hosts { get; init; } = [];

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
        if (!TryGetBackend(number, out VirtualService? service, out int place)) return;

        // The service is asked from before its first backend goes down until after the last is up again: a decision finds the one choice or the other.
        foreach (int line in service!.Lines) Volatile.Write(ref ServiceLines[line].Choices, ServiceLine.AskService);
        service.SetUp(place, isUp);
        if (!service.IsWhole) return;
        Span<uint> weights = stackalloc uint[BackendChoice.MostInLine];
        byte choices = service.TryWriteChoice(weights, out _);
        foreach (int line in service.Lines) Volatile.Write(ref ServiceLines[line].Choices, choices);
    }

    // Calls for all that a decision on a packet to the address will most likely read, at once.
    private bool TryLocateHost(ushort realm, in IpAddress destination, out int found)
    {
        found = PrefixMap.Miss;
        if (realm >= Hosts.Length || Hosts[realm].IsEmpty || !Hosts[realm].TryFind(destination, out HostEntry host)) return false;
        found = host.Value;
        if (Destination.KindOf(found) == DestinationKind.Cell) Cells.Prefetch(Destination.NumberOf(found));
        Prefetcher.Touch(ref ServiceLines[host.Service]);
        ref BackendLine backend = ref BackendLines[host.Backend];
        Prefetcher.Touch(ref backend);
        Prefetcher.Touch(ref Unsafe.Add(ref backend, 2));
        Prefetcher.Touch(ref Unsafe.Add(ref backend, 4));
        return true;
    }

    private Decision Serve(in FirstPacket packet, in ServiceLine line)
    {
        Decision decision = Admit(packet, line);
        if (decision.Kind == DecisionKind.Drop) return decision;

        // Read once: a change of health may come in between.
        byte choices = Volatile.Read(in line.Choices);
        int place = choices == ServiceLine.AskService ? VirtualServices[line.Service].Choose(packet) : line.Choose(packet, choices);
        return LeadTo(packet, line, place, decision);
    }

    // Who may reach the service, and as whom: everybody of its own realm as he is, through a peering who and as its exposes and access list say.
    private Decision Admit(in FirstPacket packet, in ServiceLine line)
    {
        var decision = new Decision
        {
            Kind = DecisionKind.Session,
            RealmTo = line.Realm,
            SourcePool = Decision.NoPool,
            Rule = line.Rule,
            Timers = line.Timers,
            OriginalConduct = FlowConduct.KeepErrorSource,
            HasAffinity = line.HasAffinity,
        };
        if (line.Pair == ServiceLine.Own)
        {
            // Its backends' routers are hidden from nobody of their own realm.
            decision.ReplyConduct = FlowConduct.KeepErrorSource;
            return decision;
        }

        ref readonly ExposeView sender = ref SenderOf(Pairs[line.Pair].Sources, packet, out bool mayBegin);
        if (!mayBegin) return Drop(DropReason.NotExposed, sender.Kind == ExposeKind.None ? line.Rule : sender.Rule);
        if (!TrySetSource(packet, sender, ref decision, out DropReason refused)) return Drop(refused, sender.Rule);
        if (sender.Hides) decision.OriginalConduct = FlowConduct.None;
        return UnderAcl(line.Pair, packet, decision);
    }

    private Decision LeadTo(in FirstPacket packet, in ServiceLine line, int place, Decision decision)
    {
        if (place == BackendChoice.None)
        {
            Decision refusal = Drop(DropReason.NoBackend, line.Rule);
            refusal.RealmTo = line.Realm;
            return refusal;
        }

        int number = line.FirstBackend + place;
        ref readonly BackendLine backend = ref BackendLines[number];
        IpAddress address = backend.AddressFor(packet.Destination);
        decision.Backend = number;
        if (backend.IsDirect) decision.SetNextHop(address);
        else decision.SetDestination(address, backend.PortFor(packet.DestinationPort, line.FirstPort));
        SetSourceOf(packet, backend, address, ref decision);
        if (!backend.IsDirect) return decision;

        // Its end hides nothing: it has the virtual address itself.
        bool isTranslated = decision.RewritesSource || decision.SourcePool != Decision.NoPool;
        FlowConduct asItIs = isTranslated ? FlowConduct.KeepErrorSource : FlowConduct.KeepErrorSource | FlowConduct.Identity;
        decision.ReplyConduct = asItIs;
        if (!isTranslated) decision.OriginalConduct = asItIs;
        return decision;
    }

    private void SetSourceOf(in FirstPacket packet, in BackendLine backend, in IpAddress address, ref Decision decision)
    {
        if (backend.RewritesSource)
        {
            Backend? of = backend.HasSource && TryGetBackend(decision.Backend, out VirtualService? service, out int place) ? service!.Backends[place] : null;
            decision.SourcePool = of?.SourcePool ?? Decision.NoPool;
            decision.RewritesSource = false;
            if (decision.SourcePool == Decision.NoPool) decision.SetSource(of?.Source ?? packet.Source, backend.SourcePortFor(packet.SourcePort));
        }
        else if (!backend.IsDirect && address == packet.Source && decision is { RewritesSource: false, SourcePool: Decision.NoPool })
        {
            // A backend that is its own client would answer itself: it sees the virtual IP instead (hairpin).
            decision.SetSource(packet.Destination, packet.SourcePort);
        }
    }

    // What no translation of a virtual address has. ICMP queries are for the gateway: it answers an echo request, and drops what else there is for the reason named.
    private Decision ServeRest(in FirstPacket packet, in ServiceLine line)
    {
        bool isQuery = packet.HasPorts && packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        if (!isQuery)
        {
            // An address that source NAT has too belongs, for the rest of its ports, to whoever has a mapping.
            bool isShared = line.Pair == ServiceLine.Own && CanTakePort(packet) && SourceNatOf(packet.Realm, packet.Destination) is not null;
            return isShared ? Ask(packet.Realm) : Drop(DropReason.NotExposed, line.Rule) with { InSilence = true };
        }

        var decision = new Decision { Kind = DecisionKind.Stateless, RealmTo = line.Realm, SourcePool = Decision.NoPool, Rule = line.Rule };
        if (line.Pair != ServiceLine.Own)
        {
            _ = SenderOf(Pairs[line.Pair].Sources, packet, out bool mayBegin);
            if (!mayBegin) return Drop(DropReason.NotExposed, line.Rule);
            decision = UnderAcl(line.Pair, packet, decision);
            if (decision.Kind == DecisionKind.Drop) return decision;
        }

        decision.Kind = DecisionKind.Answer;
        decision.Reason = DropReason.NotExposed;
        decision.InSilence = true;
        return decision;
    }
}
