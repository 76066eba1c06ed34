namespace Sluice.Gateway.Views;

/// <summary>What is asked about: <c>sluice explain --link LINK PROTO SRC[:PORT] DST[:PORT]</c>, as written.</summary>
/// <param name="Link">The link that the packet comes in by.</param>
/// <param name="Protocol">tcp, udp, icmp, or a number.</param>
/// <param name="Source">Address, with port or ICMP identifier where one is given.</param>
/// <param name="Destination">Address, with port.</param>
/// <param name="Flags">Flags of TCP, such as syn or syn,ack; null: syn.</param>
public sealed record ExplainQuestion(string Link, string Protocol, string Source, string Destination, string? Flags = null);

/// <summary>What would become of a packet, and why: what <c>sluice explain</c> prints.</summary>
/// <param name="Packet">The packet in one line.</param>
/// <param name="Link">The link that it comes in by.</param>
/// <param name="Realm">That link's realm.</param>
/// <param name="Stages">What each stage finds, in the order in which packets pass them.</param>
/// <param name="Verdict">forward, drop or consume.</param>
/// <param name="Reason">With drop: the reason's name.</param>
/// <param name="Words">The verdict in words.</param>
/// <param name="Session">The number of the live session that the packet is of.</param>
/// <param name="Out">With forward: the link that it leaves by.</param>
/// <param name="Source">With forward: the source endpoint as it leaves; where a pool gives it, the addresses that it may be.</param>
/// <param name="Destination">With forward: the destination endpoint as it leaves.</param>
public sealed record ExplanationView(
    string Packet,
    string Link,
    string Realm,
    IReadOnlyList<StageView> Stages,
    string Verdict,
    string? Reason,
    string Words,
    ulong? Session,
    string? Out,
    string? Source,
    string? Destination);

/// <summary>What one stage finds.</summary>
/// <param name="Stage">link, live session, destination, source, access list, session, route.</param>
/// <param name="Says">Sentences.</param>
/// <param name="Because">The lines of the configuration that decide it.</param>
public sealed record StageView(string Stage, IReadOnlyList<string> Says, IReadOnlyList<CauseView> Because);

/// <summary>A line of the configuration.</summary>
/// <param name="Place">file:line:column.</param>
/// <param name="Text">What stands there.</param>
public sealed record CauseView(string Place, string Text);
