using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Ports that somebody outside the pools has: forwards, the host's own services. Counted, and kept over reloads: the new configuration claims before the old one releases.</summary>
internal sealed unsafe class PortClaims(PublicAddresses addresses)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(uint Address, PortClass Ports, ushort Port), int> counts = [];

    /// <summary>Claims a port; false if a pool's session has it now. Then it is taken once that has ended.</summary>
    public bool Claim(ushort realm, IpAddress address, PortClass ports, ushort port)
    {
        uint number = addresses.FindOrAdd(realm, address);
        if (number == PublicAddresses.None) return false;
        lock (gate)
        {
            var key = (number, ports, port);
            int count = counts.GetValueOrDefault(key);
            counts[key] = count + 1;
            PortSpace* space = addresses.SpaceOf(number, ports);
            addresses.PrepareClaims(space);
            return count != 0 || space->Claim(port);
        }
    }

    /// <summary>Gives a claim back; after the last one the port is the pools' again, if no session has it from before.</summary>
    public void Release(ushort realm, IpAddress address, PortClass ports, ushort port)
    {
        uint number = addresses.Find(realm, address);
        if (number == PublicAddresses.None) return;
        lock (gate)
        {
            var key = (number, ports, port);
            if (!counts.TryGetValue(key, out int count)) return;
            if (count > 1)
            {
                counts[key] = count - 1;
                return;
            }

            counts.Remove(key);
            addresses.SpaceOf(number, ports)->Unclaim(port);
        }
    }
}
