namespace Sluice.Gateway.Views;

/// <summary>Links: what <c>sluice show links</c> prints.</summary>
public sealed record LinksView(IReadOnlyList<LinkView> Links);

/// <summary>One link.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Driver">How it reaches its packets.</param>
/// <param name="Device">The kernel's interface.</param>
/// <param name="Realm">The realm of its packets.</param>
/// <param name="Addresses">The gateway's own addresses there.</param>
/// <param name="Mac">Its Ethernet address; null where it has none.</param>
/// <param name="Mtu">The largest IP packet that it sends.</param>
/// <param name="Received">Packets received.</param>
/// <param name="Sent">Packets sent.</param>
/// <param name="Refused">Packets that it did not take.</param>
/// <param name="Lost">Frames lost before the gateway could receive them.</param>
public sealed record LinkView(
    string Name,
    string Driver,
    string Device,
    string Realm,
    IReadOnlyList<string> Addresses,
    string? Mac,
    int Mtu,
    ulong Received,
    ulong Sent,
    ulong Refused,
    ulong Lost);

/// <summary>Routes: what <c>sluice show routes</c> prints.</summary>
public sealed record RoutesView(IReadOnlyList<RouteView> Routes);

/// <summary>One route of a realm.</summary>
/// <param name="Realm">The realm in which it holds.</param>
/// <param name="To">The destinations.</param>
/// <param name="Via">The next hop; null where the destinations are neighbours or the link needs none.</param>
/// <param name="Link">The link that it goes out of.</param>
/// <param name="From">connected, configured, kernel or only (the realm has one link).</param>
public sealed record RouteView(string Realm, string To, string? Via, string Link, string From);

/// <summary>Mappings: what <c>sluice show mappings</c> prints.</summary>
public sealed record MappingsView(long Total, IReadOnlyList<MappingView> Mappings);

/// <summary>One mapping: an inside endpoint and the public endpoint that stands for it.</summary>
/// <param name="Protocol">tcp, udp, icmp or icmpv6.</param>
/// <param name="Realm">The inside realm.</param>
/// <param name="Inside">The inside endpoint.</param>
/// <param name="PublicRealm">The realm that sees the public endpoint.</param>
/// <param name="Public">The public endpoint.</param>
/// <param name="Sessions">Live sessions that share it.</param>
public sealed record MappingView(string Protocol, string Realm, string Inside, string PublicRealm, string Public, int Sessions);

/// <summary>Pools: what <c>sluice show pools</c> prints.</summary>
public sealed record PoolsView(IReadOnlyList<PoolView> Pools);

/// <summary>Ports of one public address and protocol.</summary>
/// <param name="Address">The public address.</param>
/// <param name="Protocol">tcp, udp, icmp or icmpv6.</param>
/// <param name="InUse">Ports that live mappings and sessions have.</param>
/// <param name="Held">Freed ports that rest.</param>
/// <param name="Total">Ports that may be taken.</param>
public sealed record PoolView(string Address, string Protocol, long InUse, long Held, long Total);
