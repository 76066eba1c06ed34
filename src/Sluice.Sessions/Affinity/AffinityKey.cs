using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Whose choice is remembered, and of what.</summary>
/// <param name="Translation">Names what the client chose among: the same number over reloads.</param>
/// <param name="Realm">The client's realm: two realms may have one address.</param>
/// <param name="Client">The client's address, as it sends.</param>
public readonly record struct AffinityKey(ulong Translation, ushort Realm, IpAddress Client);
