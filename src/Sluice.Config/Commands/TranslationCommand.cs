using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>Reads <c>cnat translation [add] proto P vip|real END to TUPLE...</c> and <c>cnat translation del ID</c>.</summary>
internal static class TranslationCommand
{
    private const int MaxWeight = 65_500;
    private const int MaxId = 1 << 30;

    // What ends the words of an end.
    private static readonly string[] Keywords = ["add", "del", "proto", "vip", "real", "to", "noclient", "default", "maglev", "id"];

    // What is offered before and behind the virtual end, which comes first where people write it.
    private static readonly string[] BeforeEnd = ["proto", "vip", "real"];
    private static readonly string[] BehindEnd = ["proto", "to", "noclient", "default", "maglev", "id"];

    public static void Read(Words words, CommandState state)
    {
        Asking asking = new();
        words.Offer("add", "del");
        while (!words.AtEnd)
        {
            words.Offer(asking.Virtual is null ? BeforeEnd : BehindEnd);
            if (words.IsAsked) return;
            Word word = words.Take();
            switch (word.Text)
            {
                case "add":
                    break;
                case "del":
                    if (words.Number(Words.TranslationId, 0, int.MaxValue) is { } id && words.ExpectEnd()) state.Delete(id, word.Place, words.Problems);
                    return;
                case "proto":
                    if (ReadProtocol(words) is not { } protocol) return;
                    asking.Protocol = protocol;
                    break;
                case "vip" or "real":
                    if (asking.Virtual is not null)
                    {
                        words.Wrong(word, "one virtual IP a command");
                        return;
                    }

                    if (EndpointReader.Read(WordsOfEnd(words), word.Place, words, Keywords) is not { } end) return;
                    asking.Virtual = end;
                    asking.IsReal = word.Text == "real";
                    break;
                case "to":
                    if (EndpointReader.ReadTuple(WordsOfEnd(words), word.Place, words, Keywords) is not { } tuple) return;
                    asking.Backends.Add((tuple, word.Place));
                    if (asking.Backends.Count <= YamlLimits.MaxListEntries) break;
                    words.Problems.Error(word.Place, "", ConfigRule.TooLarge, $"a virtual IP has at most {YamlLimits.MaxListEntries} backends");
                    return;
                case "id":
                    Place at = words.AtEnd ? word.Place : words.Peek.Place;
                    if (words.Number("the id that it gets", 0, MaxId) is not { } asked) return;
                    asking.Id = (asked, at);
                    break;
                case "noclient":
                    asking.NoClient = true;
                    break;
                case "default" or "maglev":
                    asking.Maglev = word.Text == "maglev";
                    break;
                default:
                    words.Unknown(word, Keywords);
                    return;
            }
        }

        Add(words, asking, state);
    }

    private static byte? ReadProtocol(Words words)
    {
        words.Offer("TCP", "UDP", "SCTP");
        if (words.Require("TCP, UDP or SCTP") is not { } word) return null;
        switch (word.Text.ToUpperInvariant())
        {
            case "TCP" or "6":
                return 6;
            case "UDP" or "17":
                return 17;
            case "SCTP" or "132":
                return 132;
            default:
                words.Wrong(word, "TCP, UDP or SCTP");
                return null;
        }
    }

    private static void Add(Words words, Asking asking, CommandState state)
    {
        if (asking.Virtual is not { } end)
        {
            // Where the end of the line is the place, the message says what is missing there.
            words.Require("'vip' or 'real' with an address");
            return;
        }

        if (end.Family is not { } family)
        {
            words.Problems.Error(end.Place, "", ConfigRule.Invalid, "a virtual IP has an address or a link, not a port alone");
            return;
        }

        if (end.Address is { IsUnspecified: true } unspecified)
        {
            words.Problems.Error(end.Place, "", ConfigRule.Invalid, $"{unspecified} is no address that packets have");
            return;
        }

        if (MakeBackends(asking, end, family, words.Problems) is not { } backends) return;
        state.Add(words.Place, asking.Id, name => new TranslationDocument
        {
            Name = name,
            Place = words.Place,
            NamePlace = words.Place,
            RealmPlace = words.Place,
            ProfilePlace = words.Place,
            AddressPlace = end.Place,
            Address = end.Address ?? new IpAddress(family, 0),
            AddressOf = end.Link,
            Ports = end.Port == 0 ? PortRange.All : new PortRange(end.Port, end.Port),
            Protocol = asking.Protocol,
            IsReal = asking.IsReal,
            NoClient = asking.NoClient,
            Maglev = asking.Maglev,
            Backends = [.. backends],
        }, words.Problems);
    }

    // A backend that is listed twice has twice the share: the reference's weight.
    private static List<BackendSpec>? MakeBackends(Asking asking, Endpoint virtualEnd, IpFamily family, Problems problems)
    {
        List<BackendSpec> backends = [];
        Dictionary<(IpAddress, string?, PortRange?, bool, IpAddress?, string?, ushort?), int> known = [];
        foreach ((EndpointTuple tuple, Place place) in asking.Backends)
        {
            if (MakeBackend(tuple, place, virtualEnd, family, problems) is not { } made) return null;
            if (known.TryAdd((made.Address, made.AddressOf?.Name, made.Ports, made.Direct, made.SourceAddress, made.SourceAddressOf?.Name, made.SourcePort), backends.Count))
            {
                backends.Add(made);
                continue;
            }

            int same = known[(made.Address, made.AddressOf?.Name, made.Ports, made.Direct, made.SourceAddress, made.SourceAddressOf?.Name, made.SourcePort)];
            backends[same] = backends[same] with { Weight = Math.Min(backends[same].Weight + 100, MaxWeight) };
        }

        return backends;
    }

    private static BackendSpec? MakeBackend(EndpointTuple tuple, Place place, Endpoint virtualEnd, IpFamily family, Problems problems)
    {
        Endpoint destination = tuple.Destination;
        foreach (Endpoint? given in (ReadOnlySpan<Endpoint?>)[tuple.Source, destination])
        {
            if (given is not { Family: { } other } end || other == family) continue;
            problems.Error(end.Place, "", ConfigRule.InconsistentIpVersion,
                end.Link is null ? "the families of a virtual IP, its backends and their sources are one" : "the families differ: a link alone is IPv4, 'LINK v6' is IPv6");
            return null;
        }

        if (virtualEnd.Port == 0 && destination.Port != 0)
        {
            problems.Error(destination.PortPlace, "", ConfigRule.MismatchedPrefixSizes, "a virtual IP without a port has all of them, and its backends keep the port");
            return null;
        }

        return new BackendSpec
        {
            Address = destination.Address ?? new IpAddress(family, 0),
            AddressOf = destination.Link,
            Ports = destination.Port == 0 ? null : new PortRange(destination.Port, destination.Port),
            Direct = tuple.Direct,
            SourceAddress = tuple.Source?.Address is { IsUnspecified: false } source ? source : null,
            SourceAddressOf = tuple.Source?.Link,
            SourcePort = tuple.Source is { Port: > 0 and var port } ? port : null,
            Place = place,
        };
    }

    private static Word[] WordsOfEnd(Words words)
    {
        List<Word> taken = [];
        while (!words.AtEnd && !Keywords.AsSpan().Contains(words.Peek.Text))
        {
            if (taken.Count > 0) words.Offer(BehindEnd);
            taken.Add(words.Take());
        }

        return [.. taken];
    }

    // What a line has said so far.
    private sealed class Asking
    {
        public byte Protocol { get; set; } = 6;

        public Endpoint? Virtual { get; set; }

        public bool IsReal { get; set; }

        public bool NoClient { get; set; }

        public (int Id, Place Place)? Id { get; set; }

        public bool Maglev { get; set; }

        public List<(EndpointTuple Tuple, Place Place)> Backends { get; } = [];
    }
}
