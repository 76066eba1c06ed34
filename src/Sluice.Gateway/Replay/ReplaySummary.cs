using System.Text.Json.Serialization;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Replay;

/// <summary>What <c>summary.json</c> says of a replay.</summary>
/// <param name="Packets">What became of all packets: in + made = out + consumed + dropped.</param>
/// <param name="Sessions">Sessions alive at the end.</param>
/// <param name="Mappings">Mappings alive at the end.</param>
/// <param name="Pools">Public ports at the end.</param>
/// <param name="Applies">The changes of configuration, in the order of their times.</param>
public sealed record ReplaySummary(
    ReplayPackets Packets,
    ReplaySessions Sessions,
    long Mappings,
    IReadOnlyList<PoolView> Pools,
    IReadOnlyList<ReplayApply> Applies);

/// <summary>What became of all packets.</summary>
/// <param name="In">Read from captures.</param>
/// <param name="Made">Originated by the gateway.</param>
/// <param name="Out">Written to captures.</param>
/// <param name="Consumed">Answered by the gateway or left to the host.</param>
/// <param name="Dropped">By the name of the reason.</param>
public sealed record ReplayPackets(ulong In, ulong Made, ulong Out, ulong Consumed, IReadOnlyDictionary<string, ulong> Dropped);

/// <summary>Sessions alive at the end, by life.</summary>
public sealed record ReplaySessions(long Total, long TcpEstablished, long TcpTransitory, long Udp, long Icmp, long Other);

/// <summary>One change of configuration.</summary>
/// <param name="Time">When, in seconds as stamped.</param>
/// <param name="Accepted">Whether it came into force.</param>
/// <param name="Errors">Why not: file:line:column: rule: message.</param>
public sealed record ReplayApply(
    decimal Time,
    bool Accepted,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Errors = null)
{
    /// <summary>What became of the sessions that lived then: for people; the file has no place for it.</summary>
    [JsonIgnore]
    public SessionFatesView? Sessions { get; init; }
}
