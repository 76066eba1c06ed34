namespace Sluice.Gateway.Views;

/// <summary>What became of all packets. At rest, in + made = out + consumed + held + the sum of dropped.</summary>
/// <param name="In">Received by links.</param>
/// <param name="Made">Originated by the gateway.</param>
/// <param name="Out">Sent by links.</param>
/// <param name="Consumed">Answered by the gateway or left to the host.</param>
/// <param name="Held">Waiting now.</param>
/// <param name="Dropped">By the name of the reason; reasons without a packet are absent.</param>
public sealed record PacketsView(ulong In, ulong Made, ulong Out, ulong Consumed, ulong Held, IReadOnlyDictionary<string, ulong> Dropped);

/// <summary>Drops: what <c>sluice show drops</c> prints.</summary>
/// <param name="Total">All dropped packets.</param>
/// <param name="Drops">By reason, the most frequent first.</param>
public sealed record DropsView(ulong Total, IReadOnlyList<DropView> Drops);

/// <summary>One reason and how often it was given.</summary>
/// <param name="Reason">Its name.</param>
/// <param name="Packets">How many packets were dropped for it.</param>
/// <param name="Words">What it means, as a sentence.</param>
public sealed record DropView(string Reason, ulong Packets, string Words);

/// <summary>The gateway as a whole: what <c>sluice show status</c> prints.</summary>
/// <param name="Generation">The number of the configuration in force.</param>
/// <param name="UptimeSeconds">Since the gateway started.</param>
/// <param name="Workers">How many workers carry packets.</param>
/// <param name="Sessions">Live sessions.</param>
/// <param name="Mappings">Live mappings.</param>
/// <param name="Packets">What became of all packets.</param>
public sealed record StatusView(long Generation, double UptimeSeconds, int Workers, long Sessions, long Mappings, PacketsView Packets);
