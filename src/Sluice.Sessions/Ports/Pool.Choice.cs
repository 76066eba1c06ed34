using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// Which address of a pool a host gets (RFC 4787 REQ-2: all its flows use one), and which port of it.
public sealed unsafe partial class Pool
{
    /// <summary>Places of the table that hosts are spread over.</summary>
    private const int Slots = 4096;

    /// <summary>Pools of more addresses spread hosts by the address's place in the pool rather than by the address itself.</summary>
    private const int RankedAddresses = 256;

    private readonly PublicAddresses registry;
    private readonly HashSecret secret;
    private readonly PoolEvents events;
    private readonly byte[]? ranked;
    private readonly uint[] numbers;
    private uint first;
    private readonly int usable;
    private readonly uint firstPort;
    private readonly uint lastPort;
    private readonly bool preservesPort;

    internal Pool(PoolDefinition definition, ushort id, PublicAddresses registry, PoolEvents events, HashSecret secret, int maxAddresses)
    {
        Definition = definition;
        Id = id;
        this.registry = registry;
        this.events = events;
        this.secret = secret;
        UInt128 count = 0;
        foreach (IpRange range in definition.Addresses)
        {
            // The whole of IPv6 has one address more than a number can say.
            count = range.Span >= (UInt128)maxAddresses - count ? (UInt128)maxAddresses : count + range.Span + 1;
        }

        usable = (int)count;
        numbers = new uint[usable];

        // What every new session asks lies in the pool itself: the profile is two steps further away, and with many pools each step is a wait for memory.
        SessionProfile profile = definition.Profile;
        IsEndpointIndependent = profile.Mapping == MappingMode.EndpointIndependent;
        HasQuotas = (profile.PortsPerHost | profile.SessionsPerHost | profile.NewSessionsPerSecondPerHost) != 0;
        RefreshesInbound = profile.InboundRefresh == InboundRefresh.On
            || (profile.InboundRefresh == InboundRefresh.Auto && profile.Filtering != FilteringMode.EndpointIndependent);
        Filtering = profile.Filtering;
        PortsPerHost = profile.PortsPerHost;
        preservesPort = profile.PreservePort;
        (firstPort, lastPort) = (Math.Max(1u, profile.Ports.First), profile.Ports.Last);
        if (usable <= RankedAddresses) ranked = Rank();
    }

    /// <summary>The pool's number; 0 is no pool.</summary>
    internal ushort Id { get; }

    /// <summary>Addresses that it takes endpoints from: the first of them, as far as the store's limit goes.</summary>
    internal int UsableAddresses => usable;

    /// <summary>Whether mappings don't depend on the remote endpoint.</summary>
    internal bool IsEndpointIndependent { get; }

    /// <summary>Which remotes its mappings admit.</summary>
    internal FilteringMode Filtering { get; }

    /// <summary>Mappings that a host may have at once; 0: no limit.</summary>
    internal int PortsPerHost { get; }

    /// <summary>Whether packets from outside prolong its sessions, TCP excepted.</summary>
    internal bool RefreshesInbound { get; }

    /// <summary>Whether any quota has to be counted.</summary>
    internal bool HasQuotas { get; }

    /// <summary>Whether the address is one of the pool's.</summary>
    public bool Owns(IpAddress address)
    {
        foreach (IpRange range in Definition.Addresses)
            if (range.Contains(address)) return true;
        return false;
    }

    /// <summary>The ports that a space gives out: ICMP identifiers have no profile, port 0 is nobody's.</summary>
    internal (uint First, uint Last) RangeOf(PortClass ports) => ports == PortClass.Icmp
        ? (0u, ushort.MaxValue)
        : (firstPort, lastPort);

    /// <summary>The address that a host is paired with, as its place in the pool: the same whatever asks, and mostly the same after the pool was changed.</summary>
    internal int FirstChoice(ushort realm, in IpAddress host)
    {
        if (usable == 1) return 0;
        ulong hash = AddressHash.Of(realm, host, in secret);
        return ranked is not null ? ranked[hash % Slots] : (int)(hash % (uint)Math.Min(usable, Slots));
    }

    /// <summary>The place that is tried after <paramref name="tried"/> places: the next in the pool, round it; -1 if there is none.</summary>
    internal int Choice(int first, int tried)
    {
        if (tried >= usable || (tried > 0 && Definition.Profile.PairedStrict)) return -1;
        int place = first + tried;
        return place >= usable ? place - usable : place;
    }

    /// <summary>The number of the address at a place, made if it is new.</summary>
    internal uint NumberAt(int place)
    {
        uint number = KnownNumberAt(place);
        return number != PublicAddresses.None ? number : NumberAtSlow(place);
    }

    /// <summary>The number of the address at a place if it is in use already; for prefetching.</summary>
    internal uint KnownNumberAt(int place) => place == 0 ? Volatile.Read(ref first) : Volatile.Read(ref numbers[place]);

    /// <summary>The port from which the search for a free one begins, as <paramref name="entropy"/> draws it from the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint StartOf(ulong entropy, uint first, uint last) => first + (uint)(((UInt128)entropy * (last - first + 1)) >> 64);

    /// <summary>Takes a port for one owner alone: the preferred one if it may and can be kept, else the first free one from a random start on.</summary>
    internal bool TryTakePort(in SessionPlan plan, ushort preferred, ushort realm, in IpAddress host, uint now, out uint number, out ushort port)
    {
        PortClass ports = plan.Ports;
        (uint first, uint last) = RangeOf(ports);
        for (int tried = 0, place; (place = Choice(plan.Place, tried)) >= 0; tried++)
        {
            number = NumberAt(place);
            if (number == PublicAddresses.None) continue;
            PortSpace* space = registry.SpaceOf(number, ports);
            registry.Prepare(space, shares: false);
            port = preferred;
            bool taken = KeepsPort(preferred, first, last) && space->TryTake(preferred);
            if (!taken)
            {
                int drawn = space->TakeFrom(StartOf(plan.Entropy, first, last), first, last);
                port = (ushort)drawn;
                taken = drawn >= 0;
            }

            if (!taken) continue;
            if (tried > 0) events.Add(PoolEventKind.AddressFull, this, realm, host, now);
            return true;
        }

        events.Add(PoolEventKind.Exhausted, this, realm, host, now);
        (number, port) = (PublicAddresses.None, 0);
        return false;
    }

    /// <summary>Whether a source port is kept where it is free.</summary>
    internal bool KeepsPort(ushort port, uint first, uint last) => preservesPort && port >= first && port <= last;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint NumberAtSlow(int place)
    {
        uint number = registry.FindOrAdd(Definition.Realm, AddressAt(place));
        Volatile.Write(ref numbers[place], number);
        if (place == 0) Volatile.Write(ref first, number);
        return number;
    }

    /// <summary>The address at a place.</summary>
    internal IpAddress AddressAt(int place)
    {
        UInt128 left = (UInt128)place;
        foreach (IpRange range in Definition.Addresses)
        {
            if (left <= range.Span) return new IpAddress(range.Family, range.First.Value + left);
            left -= range.Span + 1;
        }

        throw new ArgumentOutOfRangeException(nameof(place));
    }

    // Each slot goes to the address that ranks highest for it, so an address that comes or goes moves only its own hosts
    // (highest random weight; Thaler and Ravishankar, 1998).
    private byte[] Rank()
    {
        var owners = new byte[Slots];
        var weights = new ulong[Slots];
        for (int place = 0; place < usable; place++)
        {
            ulong address = AddressHash.Of(Definition.Realm, AddressAt(place), in secret);
            for (int slot = 0; slot < Slots; slot++)
            {
                ulong weight = FlowHash.Of(address, (ulong)slot, in secret);
                if (place != 0 && weight <= weights[slot]) continue;
                weights[slot] = weight;
                owners[slot] = (byte)place;
            }
        }

        return owners;
    }
}
