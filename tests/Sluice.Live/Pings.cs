using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>Pings that are patient: an answered one takes no longer for it.</summary>
internal static class Pings
{
    private const string PatienceSeconds = "60";

    /// <summary>What makes one ping wait long for its answer.</summary>
    public static string[] OneTo(string address) => ["-c", "1", "-W", PatienceSeconds, address];

    /// <summary>What makes so many pings wait long for their answers.</summary>
    /// <remarks>They are sent at once, with a long space after them: after the last of several ping waits no longer than that space, whatever -W says.</remarks>
    public static string[] AllTo(string address, int count, int payload = 56) =>
        ["-c", $"{count}", "-l", $"{count}", "-i", PatienceSeconds, "-W", PatienceSeconds, "-s", $"{payload}", address];

    /// <summary>Pings until so many are answered. One that comes while a neighbour is asked for may be lost, if the machine takes seconds for that.</summary>
    public static void Ping(this NetworkNamespace place, string address, int count = 1) =>
        place.Call("ping", "-c", $"{count}", "-i", "0.2", "-w", PatienceSeconds, address);

    /// <summary>Pings a neighbour, or one behind a gateway that knows all neighbours: every ping must be answered.</summary>
    public static string PingAll(this NetworkNamespace place, string address, int count, int payload = 56)
    {
        string said = place.Call("ping", AllTo(address, count, payload));
        Assert.Contains($"{count} packets transmitted, {count} received, 0% packet loss", said, StringComparison.Ordinal);
        return said;
    }

    /// <summary>Pings until an answer or an error comes; what ping says.</summary>
    public static string PingUntilHeard(this NetworkNamespace place, string address, params string[] more) =>
        place.Try("ping", ["-c", "1", "-w", PatienceSeconds, .. more, address]).Output;
}
