using System.Collections.Immutable;
using System.Globalization;
using Sluice.Packets.Addresses;

namespace Sluice.Policy.Translations;

/// <summary>Collects the translations that are for some clients only, and joins those that have an endpoint together.</summary>
internal sealed class SourceMatcher
{
    private readonly List<(ImmutableArray<IpPrefix> Clients, int Value)> terms = [];
    private readonly List<PrefixMapBuilder> maps = [];
    private readonly List<int> rests = [];
    private readonly Dictionary<string, int> known = [];

    /// <summary>A service for these clients alone, as an entry of a cell whose value has yet to be joined with what stands behind it.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="value">The service, as <see cref="Destination"/> packs it.</param>
    /// <returns>What <see cref="Join"/> takes.</returns>
    internal int Add(ImmutableArray<IpPrefix> clients, int value)
    {
        terms.Add((clients, value));
        return terms.Count - 1;
    }

    /// <summary>The value for an endpoint that these translations have for their clients, and <paramref name="rest"/> for all others.</summary>
    internal int Join(List<int> joined, int rest)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', joined)}|{rest}");
        if (known.TryGetValue(key, out int number)) return Destination.Pack(DestinationKind.ServiceBySource, number);
        var map = new PrefixMapBuilder();
        foreach (int term in joined)
            foreach (IpPrefix client in terms[term].Clients) map.Add(client, terms[term].Value);
        maps.Add(map);
        rests.Add(rest);
        known.Add(key, maps.Count - 1);
        return Destination.Pack(DestinationKind.ServiceBySource, maps.Count - 1);
    }

    /// <summary>By the number in a value.</summary>
    internal SourceMatch[] Build()
    {
        PrefixMap[] built = PrefixMapBuilder.BuildAll(maps);
        return [.. built.Select((map, number) => new SourceMatch(map, rests[number]))];
    }
}
