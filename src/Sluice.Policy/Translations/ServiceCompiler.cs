using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;
using Sluice.Sessions;

namespace Sluice.Policy.Translations;

/// <summary>Compiles translations into the address spaces of their own realms, and of peers that they are shown to.</summary>
internal sealed class ServiceCompiler(ConfigSet config, RealmRegistry realms, PolicyTables tables, RealmSpace[] spaces, SourceMatcher clients)
{
    private readonly List<VirtualService> services = [];
    private readonly List<ServiceLine> lines = [];
    private readonly Dictionary<ushort, List<Placed>> byRealm = [];
    private readonly HashSet<(ushort Realm, IpAddress Address)> shared = [];
    private int backends = 1;

    // IsRest: what matches no translation of the address is nobody's.
    private readonly record struct Placed(UInt128 Value, VirtualService Service, int Number, bool IsRest);

    internal VirtualService[] Services => [.. services];

    internal LineTable<ServiceLine> Lines => new(CollectionsMarshal.AsSpan(lines));

    /// <summary>By the number of a backend; the first is none.</summary>
    internal LineTable<BackendLine> BackendLines =>
        new([default, .. services.SelectMany(static service => service.Backends, static (_, backend) => BackendLine.Of(backend))]);

    /// <summary>By realm and address: the pools of the sources that backends see as their clients.</summary>
    internal FrozenDictionary<(ushort Realm, IpAddress Address), int> BackendSources => services
        .SelectMany(static service => service.Backends, static (service, backend) => (service.Realm, backend.Source, backend.SourcePool))
        .Where(static seen => seen.Source is not null)
        .DistinctBy(static seen => (seen.Realm, seen.Source))
        .ToFrozenDictionary(static seen => (seen.Realm, seen.Source!.Value), static seen => seen.SourcePool);

    /// <summary>By realm number: an index of its virtual addresses where it has many.</summary>
    internal HostIndex[] HostsWith(ReadOnlySpan<PrefixMap> maps)
    {
        var indexes = new HostIndex[maps.Length];
        foreach ((ushort realm, List<Placed> placed) in byRealm)
        {
            var hosts = new Dictionary<IpAddress, HostEntry>();
            foreach (Placed one in placed)
            {
                IpAddress address = one.Service.Address;
                hosts.TryAdd(address, new HostEntry
                {
                    Address = address.Value,
                    Family = address.Family,
                    IsUsed = true,
                    Value = maps[realm].Find(address),
                    Service = one.Service.Lines[0],
                    Backend = one.Service.FirstBackend,
                });
            }

            if (hosts.Count >= HostIndex.Least) indexes[realm] = new HostIndex(hosts.Values);
        }

        return indexes;
    }

    /// <summary>Compiles all translations. The peers' exposes are in the spaces already.</summary>
    internal void Compile(IReadOnlyList<PairView> pairs)
    {
        if (config.Translations.IsEmpty) return;
        foreach (TranslationDocument document in config.Translations) Add(document);
        OwnSources();
        foreach (List<Placed> placed in byRealm.Values) placed.Sort(static (one, other) => one.Value.CompareTo(other.Value));
        foreach (RealmSpace space in spaces)
            foreach (RealmSpace.Shown shown in space.ShownByPeers.ToArray())
                if (byRealm.TryGetValue(pairs[shown.Pair].To, out List<Placed>? placed)) Show(placed, shown, space);
    }

    private void Add(TranslationDocument document)
    {
        if (AddressOf(document.AddressOf, document.Address) is not { } address) return;
        ushort realm = realms.TryGet(document.Realm, out ushort number) ? number : RealmRegistry.None;
        ImmutableArray<Backend> compiled = [.. document.Backends.Select(spec => Compile(spec, document, realm)).OfType<Backend>().OrderBy(static backend => backend.Order)];
        var service = new VirtualService(compiled, backends, document.Maglev ? document.TableSize : 0)
        {
            Name = document.Name,
            Realm = realm,
            Address = address,
            Ports = document.Ports,
            Protocol = document.Protocol,
            Sources = document.Sources,
            HashFields = FieldsOf(document),
            Rule = tables.AddRule($"translation {document.Name}", document.Place.ToString()),
            Timers = tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(config.ProfileNamed(document.Profile)))),
            DrainsRemoved = document.DrainOnRemove,
            Affinity = document.AffinityTimeout,
        };
        services.Add(service);
        backends += compiled.Length;

        bool isRest = !document.IsReal && !document.NoClient;
        int view = AddView(service, services.Count - 1, ServiceLine.Own);
        spaces[realm].AddService(address, EntryOf(service, service.Ports, view));
        if (isRest) spaces[realm].AddServiceRest(address, view);
        if (!byRealm.TryGetValue(realm, out List<Placed>? placed)) byRealm.Add(realm, placed = []);
        placed.Add(new Placed(address.Value, service, services.Count - 1, isRest));
        tables.Claims.Add(new PortClaim(realm, new IpRange(address, address), PortClasses.Of(service.Protocol), service.Ports));
    }

    // What backends see as their clients comes back to the gateway, which answers for it as for any address of its own making. A virtual address is taken already,
    // and of a link's own address what no session has is the host's.
    private void OwnSources()
    {
        HashSet<(ushort Realm, IpAddress Address)> taken = [.. services.Select(static service => (service.Realm, service.Address))];
        taken.ExceptWith(shared);
        foreach (VirtualService service in services)
            foreach (Backend backend in service.Backends)
                if (backend.Source is { } source && taken.Add((service.Realm, source))) spaces[service.Realm].AddPublic(new IpRange(source, source));
    }

    // Whether the host has the address too: then sessions take ports of it, as with masquerade, and the host keeps its hands off those.
    private bool IsOfHost(string realm, IpAddress address) =>
        config.Gateway.Links.Any(link => link.Realm == realm && link.Addresses.Any(own => own.Address == address));

    // A source port stays where it is free, and serves as many clients as there are backends.
    private int PoolOf(IpAddress source, TranslationDocument document, ushort realm)
    {
        shared.Add((realm, source));
        SessionProfile profile = ProfileCompiler.Compile(config.ProfileNamed(document.Profile)) with { Mapping = MappingMode.AddressAndPortDependent };
        return tables.AddPool(new PoolDefinition(realm, [new IpRange(source, source)], profile));
    }

    // What a peer shows as it is it shows as packets of its own realm find it.
    private void Show(List<Placed> placed, RealmSpace.Shown shown, RealmSpace space)
    {
        for (int i = FirstFrom(placed, shown.Range.First.Value); i < placed.Count && placed[i].Value <= shown.Range.Last.Value; i++)
        {
            VirtualService service = placed[i].Service;
            if (service.Address.Family != shown.Range.Family) continue;
            int view = AddView(service, placed[i].Number, shown.Pair);
            if (service.Ports.Overlaps(shown.Ports) && (shown.Ports.IsAll || service.Protocol != IpProtocol.Sctp))
            {
                var ports = new PortRange(Math.Max(service.Ports.First, shown.Ports.First), Math.Min(service.Ports.Last, shown.Ports.Last));
                space.AddPeerService(service.Address, EntryOf(service, ports, view), shown.Length);
            }

            if (placed[i].IsRest) space.AddPeerServiceRest(service.Address, shown.Ports, shown.Length, view);
        }
    }

    private static int FirstFrom(List<Placed> placed, UInt128 value)
    {
        int low = 0, high = placed.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (placed[middle].Value < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private int AddView(VirtualService service, int number, int pair)
    {
        lines.Add(ServiceLine.Of(service, number, pair));
        service.Lines = service.Lines.Add(lines.Count - 1);
        return lines.Count - 1;
    }

    // A link without an address yet: a translation of it is nowhere, and a backend of it isn't there.
    private Backend? Compile(BackendSpec spec, TranslationDocument document, ushort realm)
    {
        IpAddress? address = spec.KeepsAddress ? null : AddressOf(spec.AddressOf, spec.Address);
        IpAddress? source = spec.SourceAddressOf is null ? spec.SourceAddress : AddressOf(spec.SourceAddressOf, spec.Address);
        if ((address is null && !spec.KeepsAddress) || (source is null && spec.SourceAddressOf is not null)) return null;
        return new Backend
        {
            Address = address,
            FirstPort = spec.Ports?.First,
            Source = source,
            SourcePort = spec.SourcePort,
            SourcePool = source is { } given && spec.SourcePort is null && IsOfHost(document.Realm, given) ? PoolOf(given, document, realm) : Decision.NoPool,
            IsDirect = spec.Direct,
            Weight = spec.Draining ? 0 : spec.Weight,
        };
    }

    private IpAddress? AddressOf(NamedSpec? link, IpAddress address) => link is { } named ? LinkAddresses.FirstOf(config, named, address.Family) : address;

    private CellEntry EntryOf(VirtualService service, PortRange ports, int view)
    {
        int value = Destination.Pack(DestinationKind.Service, view);
        bool isBySource = !service.Sources.IsEmpty;
        return new CellEntry(ProtocolsOf(service), ports, isBySource ? clients.Add(service.Sources, value) : value, isBySource);
    }

    private static CellProtocols ProtocolsOf(VirtualService service) => service.Protocol switch
    {
        IpProtocol.Tcp => CellProtocols.Tcp,
        IpProtocol.Udp => CellProtocols.Udp,
        _ => CellProtocols.Sctp,
    };

    // Sessions of one client that begin at one moment are led alike before anybody remembers the client: whichever of them, of the workers and of the gateways is the first.
    private static FlowHashFields FieldsOf(TranslationDocument document)
    {
        if (document.AffinityTimeout is not null) return FlowHashFields.SourceAddress;
        FlowHashFields fields = FlowHashFields.None;
        foreach (string name in document.HashFields)
        {
            fields |= name switch
            {
                "srcAddr" => FlowHashFields.SourceAddress,
                "dstAddr" => FlowHashFields.DestinationAddress,
                "srcPort" => FlowHashFields.SourcePort,
                "dstPort" => FlowHashFields.DestinationPort,
                _ => FlowHashFields.Protocol,
            };
        }

        if (fields == FlowHashFields.None) fields = FlowHashFields.All;
        if (document.SymmetricHash) fields |= FlowHashFields.Symmetric;
        if (document.ReverseHash) fields |= FlowHashFields.Reverse;
        return fields;
    }
}
