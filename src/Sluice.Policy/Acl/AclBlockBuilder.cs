using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Makes a block of its terms. The two address maps are built later, with all others of the policy.</summary>
internal sealed class AclBlockBuilder
{
    private readonly AclTerm[] terms;
    private readonly int words;
    private readonly ulong[] sourceBits;
    private readonly ulong[] destinationBits;

    internal AclBlockBuilder(AclTerm[] terms)
    {
        this.terms = terms;
        words = (terms.Length + 63) / 64;
        sourceBits = Cut(Sources, static term => term.Source);
        destinationBits = Cut(Destinations, static term => term.Destination);
    }

    internal PrefixMapBuilder Sources { get; } = new();

    internal PrefixMapBuilder Destinations { get; } = new();

    internal AclBlock Build(PrefixMap sources, PrefixMap destinations)
    {
        byte[] protocols = [.. terms.SelectMany(static term => term.Protocols).Distinct().Order()];
        return new AclBlock
        {
            Words = words,
            Sources = sources,
            Destinations = destinations,
            SourceBits = sourceBits,
            DestinationBits = destinationBits,
            SourcePorts = Ports(static term => term.Source),
            DestinationPorts = Ports(static term => term.Destination),
            Protocols = protocols,
            ProtocolBits = [.. RowOf(static term => term.Protocols.IsEmpty), .. protocols.SelectMany(p => RowOf(term => term.Protocols.IsEmpty || term.Protocols.Contains(p)))],
            RuleOf = [.. terms.Select(static term => term.Rule)],
        };
    }

    private ulong[] Cut(PrefixMapBuilder map, Func<AclTerm, AclSide> sideOf)
    {
        ulong[] any = RowOf(term => sideOf(term).Addresses.IsEmpty);
        List<ulong> rows = [.. any];
        int row = 0;
        foreach (IpFamily family in new[] { IpFamily.V4, IpFamily.V6 })
        {
            var sweep = new AclSweep(any, terms.Length, family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue);
            for (int i = 0; i < terms.Length; i++)
                foreach (IpRange range in sideOf(terms[i]).Addresses)
                    if (range.Family == family) sweep.Add(range.First.Value, range.Last.Value, i);
            foreach ((UInt128 first, UInt128 last, ulong[] bits) in sweep.Runs())
            {
                map.Add(new IpRange(new IpAddress(family, first), new IpAddress(family, last)), row++, preference: 0);
                rows.AddRange(bits);
            }
        }

        return [.. rows];
    }

    private AclPorts Ports(Func<AclTerm, AclSide> sideOf)
    {
        ulong[] any = RowOf(term => sideOf(term).Ports.IsEmpty);
        var sweep = new AclSweep(any, terms.Length, ushort.MaxValue);
        for (int i = 0; i < terms.Length; i++)
            foreach (PortRange range in sideOf(terms[i]).Ports) sweep.Add(range.First, range.Last, i);
        if (sweep.IsEmpty) return new AclPorts([], any);

        List<ushort> starts = [];
        List<ulong> rows = [.. any];
        foreach ((UInt128 first, _, ulong[] bits) in sweep.Runs())
        {
            starts.Add((ushort)first);
            rows.AddRange(bits);
        }

        return new AclPorts([.. starts], [.. rows]);
    }

    private ulong[] RowOf(Func<AclTerm, bool> satisfied)
    {
        var row = new ulong[words];
        for (int i = 0; i < terms.Length; i++)
            if (satisfied(terms[i])) row[i / 64] |= 1UL << (i % 64);
        return row;
    }
}
