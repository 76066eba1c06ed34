using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Ports that somebody outside the pools has: forwards (in ranges), the host's own services (one by one). Counted, and kept over reloads: the new configuration claims before the old one releases.</summary>
/// <remarks>A range costs nothing for addresses that no pool uses: it becomes bits when an address comes into use, before anybody finds that address.</remarks>
internal sealed unsafe class PortClaims
{
    private readonly PublicAddresses addresses;

    // One lock with the addresses: none comes into use between a claim and its bits.
    private readonly Lock gate;
    private readonly Dictionary<PortClaim, int> ranges = [];
    private readonly Dictionary<(ushort Realm, PortClass Ports), ClaimIndex> indexes = [];
    private readonly Dictionary<(uint Address, PortClass Ports), Dictionary<ushort, int>> singles = [];

    public PortClaims(PublicAddresses addresses)
    {
        this.addresses = addresses;
        gate = addresses.Gate;
        addresses.Added = ApplyTo;
    }

    /// <summary>Claims a port for the host; false if a forward has claimed it, or a pool's session has it now: then it is taken once that has ended.</summary>
    public bool Claim(ushort realm, IpAddress address, PortClass ports, ushort port)
    {
        uint number = addresses.FindOrAdd(realm, address);
        if (number == PublicAddresses.None) return false;
        lock (gate)
        {
            if (!singles.TryGetValue((number, ports), out Dictionary<ushort, int>? counts)) singles[(number, ports)] = counts = [];
            int count = counts.GetValueOrDefault(port);
            counts[port] = count + 1;
            bool isForwards = IndexOf(realm, ports)?.Covers(address, port) ?? false;
            PortSpace* space = addresses.SpaceOf(number, ports);
            addresses.PrepareClaims(space);
            return !isForwards && (count != 0 || space->Claim(port));
        }
    }

    /// <summary>Gives a claim of the host's back; after the last one the port is the pools' again, unless a forward has it or a session has it from before.</summary>
    public void Release(ushort realm, IpAddress address, PortClass ports, ushort port)
    {
        uint number = addresses.Find(realm, address);
        if (number == PublicAddresses.None) return;
        lock (gate)
        {
            if (!singles.TryGetValue((number, ports), out Dictionary<ushort, int>? counts) || !counts.TryGetValue(port, out int count)) return;
            if (count > 1)
            {
                counts[port] = count - 1;
                return;
            }

            counts.Remove(port);
            if (IndexOf(realm, ports)?.Covers(address, port) != true) addresses.SpaceOf(number, ports)->Unclaim(port);
        }
    }

    /// <summary>Claims ranges; a port that a session has now is taken once that has ended, before anybody else can.</summary>
    public void Claim(IEnumerable<PortClaim> claims)
    {
        lock (gate)
        {
            var added = new List<PortClaim>();
            foreach (PortClaim claim in claims)
            {
                ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(ranges, claim, out _);
                if (++count == 1) added.Add(claim);
            }

            Change(added, add: true);
        }
    }

    /// <summary>Gives ranges back.</summary>
    public void Release(IEnumerable<PortClaim> claims)
    {
        lock (gate)
        {
            var gone = new List<PortClaim>();
            foreach (PortClaim claim in claims)
            {
                if (!ranges.TryGetValue(claim, out int count)) continue;
                if (count > 1) ranges[claim] = count - 1;
                else if (ranges.Remove(claim)) gone.Add(claim);
            }

            Change(gone, add: false);
        }
    }

    private ClaimIndex? IndexOf(ushort realm, PortClass ports) => indexes.GetValueOrDefault((realm, ports));

    private void Change(List<PortClaim> claims, bool add)
    {
        foreach (IGrouping<(ushort, PortClass), PortClaim> group in claims.GroupBy(static claim => (claim.Realm, claim.Ports)))
        {
            ClaimIndex index = indexes.GetValueOrDefault(group.Key) ?? ClaimIndex.Empty;
            indexes[group.Key] = add ? index.With(group) : index.Without([.. group]);
        }

        foreach ((uint number, PortClass ports) in InUse(claims)) Reconcile(number, ports);
    }

    private HashSet<(uint Number, PortClass Ports)> InUse(List<PortClaim> claims)
    {
        var found = new HashSet<(uint, PortClass)>();
        foreach (PortClaim claim in claims)
        {
            if (claim.Addresses.Span < addresses.Count)
            {
                for (UInt128 step = 0; step <= claim.Addresses.Span; step++)
                {
                    uint number = addresses.Find(claim.Realm, new IpAddress(claim.Addresses.Family, claim.Addresses.First.Value + step));
                    if (number != PublicAddresses.None) found.Add((number, claim.Ports));
                }

                continue;
            }

            for (uint number = 1; number <= addresses.Count; number++)
                if (addresses[number]->Realm == claim.Realm && claim.Addresses.Contains(addresses[number]->Address)) found.Add((number, claim.Ports));
        }

        return found;
    }

    // Before the address is found by anybody: none of its claimed ports can have been given out.
    private void ApplyTo(uint number)
    {
        for (var ports = PortClass.Tcp; ports < PortClass.None; ports++)
            if (IndexOf(addresses[number]->Realm, ports) is not null) Reconcile(number, ports);
    }

    // Makes the bits of an address say what all claims together say.
    [SkipLocalsInit]
    private void Reconcile(uint number, PortClass ports)
    {
        Span<ulong> wanted = stackalloc ulong[PortSpace.Words];
        wanted.Clear();
        PublicAddress* address = addresses[number];
        IndexOf(address->Realm, ports)?.CopyTo(address->Address, wanted);
        if (singles.TryGetValue((number, ports), out Dictionary<ushort, int>? counts))
            foreach (ushort port in counts.Keys) wanted[port >> 6] |= 1UL << (port & 63);

        PortSpace* space = addresses.SpaceOf(number, ports);
        if (space->Claimed == null && wanted.IndexOfAnyExcept(0UL) < 0) return;
        addresses.PrepareClaims(space);
        for (int word = 0; word < wanted.Length; word++)
        {
            ulong changed = wanted[word] ^ Volatile.Read(ref space->Claimed[word]);
            for (; changed != 0; changed &= changed - 1)
            {
                uint port = (uint)((word << 6) + BitOperations.TrailingZeroCount(changed));
                if ((wanted[word] & changed & (0 - changed)) != 0) space->Claim(port);
                else space->Unclaim(port);
            }
        }
    }
}
