using System.Text.Json.Serialization;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Demo;

/// <summary>What a demo came to, as <c>--json</c> prints it.</summary>
/// <param name="Requests">HTTP requests and queries over UDP.</param>
/// <param name="Pings">Pings.</param>
/// <param name="SourcesSeen">Where the server saw its clients.</param>
/// <param name="Sessions">Sessions that live at the end.</param>
/// <param name="Packets">What became of the gateway's packets.</param>
/// <param name="Ok">Whether all was answered and nothing but the public address was seen.</param>
internal sealed record DemoResult(
    DemoTally Requests,
    DemoTally Pings,
    IReadOnlyList<string> SourcesSeen,
    long Sessions,
    DemoPackets Packets,
    bool Ok)
{
    public static DemoResult From(DemoCounts counts, StatusView status)
    {
        var requests = new DemoTally(counts.Http.Sent + counts.Queries.Sent, counts.Http.Answered + counts.Queries.Answered);
        var pings = new DemoTally(counts.Pings.Sent, counts.Pings.Answered);
        bool ok = requests.IsComplete && pings.IsComplete && counts.SourcesSeen is [DemoNetwork.PublicAddress];
        return new DemoResult(
            requests, pings, counts.SourcesSeen, status.Sessions, new DemoPackets(status.Packets.In, status.Packets.Out, status.Packets.Dropped), ok);
    }
}

/// <summary>Something that was sent and should have been answered.</summary>
internal sealed record DemoTally(long Sent, long Answered)
{
    [JsonIgnore]
    public bool IsComplete => Sent > 0 && Sent == Answered;
}

/// <summary>The gateway's packets.</summary>
internal sealed record DemoPackets(ulong In, ulong Out, IReadOnlyDictionary<string, ulong> Dropped);

/// <summary>Generated JSON of <see cref="DemoResult"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoResult))]
internal sealed partial class DemoJson : JsonSerializerContext;
