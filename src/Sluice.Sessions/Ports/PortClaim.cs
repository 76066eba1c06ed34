using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Ports of public addresses that a configuration gives to somebody else than the pools: what its forwards serve.</summary>
/// <param name="Realm">The realm in which the addresses are public.</param>
/// <param name="Addresses">The addresses.</param>
/// <param name="Ports">Whose ports: a claim of TCP's leaves UDP's free.</param>
/// <param name="Range">The ports, on each of the addresses.</param>
public readonly record struct PortClaim(ushort Realm, IpRange Addresses, PortClass Ports, PortRange Range);
