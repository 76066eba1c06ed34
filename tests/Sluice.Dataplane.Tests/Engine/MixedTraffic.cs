using System.Globalization;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Packets of every sort between the places of <see cref="MixedNet"/>, a third of them of sessions that live.</summary>
internal sealed class MixedTraffic(Random random)
{
    private static readonly string[] Flags = ["S", "S", "S", "A", "SA"];

    /// <summary>One packet that comes in by a link.</summary>
    /// <returns>Its tuple, and the words behind the tuple.</returns>
    public (MixedTuple Tuple, string Words, bool Begins) Next(string link, MixedOracle oracle)
    {
        if (random.Next(3) == 0)
        {
            // In the order that they were learnt in, which doesn't depend on ports.
            MixedTuple[] known = [.. oracle.Sessions.SelectMany(static s => (MixedTuple[])[s.Original, s.Answer]).Where(t => MixedNet.LinkOf(t.Realm, t.Source) == link)];
            if (known.Length > 0) return Of(known[random.Next(known.Length)], "A");
        }

        string protocol = random.Next(16) == 0 ? "gre" : random.Next(2) == 0 ? "tcp" : "udp";
        string source = link switch
        {
            "a0" => $"10.0.0.{random.Next(10) switch { < 2 => 128 + random.Next(3), 2 => 160 + random.Next(2), _ => 2 + random.Next(5) }}",
            "a1" => $"20.0.0.{1 + random.Next(5)}",
            "a2" => $"192.0.2.{7 + random.Next(2)}",
            _ => random.Next(20) == 0 ? "10.9.0.1" : $"10.1.0.{2 + random.Next(3)}",
        };
        string destination = link == "b0" ? DestinationOfPeer() : Destination(link);
        int sourcePort = random.Next(4) switch { 0 => 8080, 1 => 50 + random.Next(6), _ => 40000 + random.Next(3) };
        int destinationPort = random.Next(4) switch { 0 => 8080 + random.Next(2), 1 => 90 + random.Next(6), _ => 80 + random.Next(2) };
        if (destination.StartsWith("203.0.113.9", StringComparison.Ordinal)) destinationPort = 6999 + random.Next(7);
        if (protocol == "gre") sourcePort = destinationPort = 0;
        return Of(new MixedTuple(link[0], protocol, source, sourcePort, destination, destinationPort), Flags[random.Next(Flags.Length)]);
    }

    /// <summary>A packet as a line of <see cref="PacketScript"/>.</summary>
    public static string Line(MixedTuple tuple, string rest, int id) => tuple.Protocol == "gre"
        ? string.Create(CultureInfo.InvariantCulture, $"{tuple.Source} > {tuple.Destination} {rest} ipid {id} payload id-{id:00000}")
        : string.Create(CultureInfo.InvariantCulture, $"{tuple.Source}:{tuple.SourcePort} > {tuple.Destination}:{tuple.DestinationPort} {rest} ipid {id} payload id-{id:00000}");

    private static (MixedTuple Tuple, string Words, bool Begins) Of(MixedTuple tuple, string flags) => tuple.Protocol switch
    {
        "tcp" => (tuple, $"tcp {flags}", flags == "S"),
        "udp" => (tuple, "udp", true),
        _ => (tuple, "protocol 47", true),
    };

    private string Destination(string link) => random.Next(12) switch
    {
        0 => $"10.1.0.{2 + random.Next(3)}",
        1 when link == "a2" => $"198.51.100.{16 + random.Next(3)}",
        1 or 2 => $"192.0.2.{7 + random.Next(2)}",
        3 => $"20.0.0.{1 + random.Next(5)}",
        4 => $"10.0.0.{2 + random.Next(5)}",
        _ => MixedNet.Virtual[random.Next(MixedNet.Virtual.Length)],
    };

    private string DestinationOfPeer() => random.Next(8) switch
    {
        0 => "203.0.113.9",
        1 => $"203.0.113.{random.Next(4)}",
        2 => $"203.0.113.{64 + random.Next(3)}",
        3 => random.Next(2) == 0 ? "20.0.0.1" : "10.0.0.3",
        4 => random.Next(2) == 0 ? $"10.0.0.{160 + random.Next(2)}" : $"198.51.100.{16 + random.Next(3)}",
        _ => $"30.0.0.{2 + random.Next(4)}",
    };
}
