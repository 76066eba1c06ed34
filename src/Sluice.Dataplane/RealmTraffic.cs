using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>What passed between realms since the dataplane began, and what was dropped on its way; read without stopping the packet path.</summary>
/// <remarks>
/// Packets that are routed inside one realm are not counted. While it is read a line may end, so that its packets are missing or counted twice until the next reading.
/// </remarks>
/// <param name="Pairs">By the realm that packets came from and the one that they went to, or would have gone to; pairs without any are absent.</param>
/// <param name="Drops">All dropped packets by the realm that they came from, also those of which it was never known where they go.</param>
public sealed record RealmTraffic(IReadOnlyDictionary<(ushort Realm, ushort RealmTo), TrafficCount> Pairs, IReadOnlyDictionary<ushort, ulong> Drops);
