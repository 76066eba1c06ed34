using Sluice.Packets.Addresses;

namespace Sluice.Policy.Tests;

/// <summary>One expose as a document writes it: "10.0.0.0/8" and "!10.1.0.0/16" in both lists.</summary>
internal sealed record GeneratedExpose(string Kind, string[] Ips, string[] As)
{
    public bool IsDefault => Kind == "default";

    public bool IsMasquerade => Kind == "masquerade";

    public string Yaml => Kind switch
    {
        "default" => TestPolicy.Default,
        "masquerade" => TestPolicy.Masquerade(string.Join(' ', Ips), string.Join(' ', As)),
        _ => TestPolicy.Plain(string.Join(' ', Ips)),
    };
}

internal sealed record GeneratedEnd(string Realm, GeneratedExpose[] Exposes);

internal sealed record GeneratedPeering(GeneratedEnd Left, GeneratedEnd Right, IpFamily Family)
{
    public string Yaml => TestPolicy.End(Left.Realm, [.. Left.Exposes.Select(static e => e.Yaml)]) + ", " + TestPolicy.End(Right.Realm, [.. Right.Exposes.Select(static e => e.Yaml)]);
}

/// <summary>A random set of peerings over few realms and few address blocks, so that they meet; some are not valid.</summary>
internal sealed class GeneratedPeerings
{
    private static readonly string[] Names = ["a", "b", "c", "d", "ext.net"];

    private static readonly IpPrefix[] Anywhere =
        [.. new[] { "8.8.8.0/24", "224.0.0.0/24", "169.254.0.0/16", "2001:4860::/32", "ff02::/16", "fe80::/10", "10.0.0.0/13", "203.0.112.0/22" }.Select(IpPrefix.Parse)];

    private readonly Random random;

    public GeneratedPeerings(Random random)
    {
        this.random = random;
        var all = new List<GeneratedPeering>();
        for (int left = 0; left < Names.Length; left++)
        {
            for (int right = left + 1; right < Names.Length; right++)
            {
                if (random.Next(3) == 0) continue;
                IpFamily family = random.Next(3) == 0 ? IpFamily.V6 : IpFamily.V4;
                GeneratedEnd one = End(left, family, mayBeDefault: true);
                GeneratedEnd other = End(right, family, mayBeDefault: !one.Exposes.Any(static e => e.IsDefault));
                all.Add(random.Next(2) == 0 ? new GeneratedPeering(one, other, family) : new GeneratedPeering(other, one, family));
            }
        }

        Peerings = [.. all];
        Own = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Names[random.Next(Names.Length)], Prefix(random.Next(5), IpFamily.V4, random.Next(18, 28))))];
    }

    public GeneratedPeering[] Peerings { get; }

    /// <summary>Prefixes that realms have themselves, as routes.</summary>
    public (string Realm, IpPrefix Prefix)[] Own { get; }

    public string Gateway => Own.Length == 0 ? "" : "  links:\n" + string.Join('\n', Own.Select(static (own, i) =>
        $"    - {{ name: l{i}, driver: tun, realm: {own.Realm}, routes: [{{ to: \"{own.Prefix}\" }}] }}"));

    /// <summary>A packet that has a chance: mostly between the two ends of a peering, at the edges of what they write. And an address that may be inside.</summary>
    public (string Realm, IpAddress Source, IpAddress Destination, string InsideRealm, IpAddress Inside) Packet()
    {
        GeneratedPeering peering = Peerings[random.Next(Peerings.Length)];
        (GeneratedEnd here, GeneratedEnd there) = random.Next(2) == 0 ? (peering.Left, peering.Right) : (peering.Right, peering.Left);
        IEnumerable<string> shown = random.Next(6) == 0 ? here.Exposes.SelectMany(static e => e.As) : there.Exposes.SelectMany(static e => e.IsMasquerade ? e.As : e.Ips);
        return (here.Realm, Address(here.Exposes.SelectMany(static e => e.Ips)), Address(shown), there.Realm, Address(there.Exposes.SelectMany(static e => e.Ips)));
    }

    private IpAddress Address(IEnumerable<string> lists)
    {
        IpPrefix[] near = [.. lists.Select(static text => IpPrefix.Parse(text.TrimStart('!')))];
        if (near.Length == 0 || random.Next(8) == 0) near = [.. Anywhere.Concat(Own.Select(static own => own.Prefix))];
        IpPrefix prefix = near[random.Next(near.Length)];
        return random.Next(8) switch
        {
            0 => prefix.Last,
            1 => prefix.First,
            2 => prefix.First with { Value = prefix.First.Value - 1 },
            3 => prefix.Last with { Value = prefix.Last.Value + 1 },
            _ => prefix.First with { Value = prefix.First.Value + ((UInt128)random.Next(1 << 16) & (prefix.Last.Value - prefix.First.Value)) },
        };
    }

    private GeneratedEnd End(int realm, IpFamily family, bool mayBeDefault)
    {
        var exposes = new List<GeneratedExpose>();
        if (mayBeDefault && random.Next(6) == 0) exposes.Add(new GeneratedExpose("default", [], []));
        int more = exposes.Count == 0 ? 1 + random.Next(2) : random.Next(2);
        for (int i = 0; i < more; i++)
        {
            exposes.Add(random.Next(2) == 0
                ? new GeneratedExpose("plain", List(() => Prefix(realm, family, Length(family))), [])
                : new GeneratedExpose("masquerade", List(() => Prefix(realm, family, Length(family))), List(() => Public(family))));
        }

        return new GeneratedEnd(Names[realm], [.. exposes]);
    }

    private string[] List(Func<IpPrefix> draw)
    {
        var entries = new List<string> { draw().ToString() };
        if (random.Next(3) == 0) entries.Add(draw().ToString());
        if (random.Next(3) == 0)
        {
            IpPrefix whole = IpPrefix.Parse(entries[0]);
            if (!whole.IsHost) entries.Insert(random.Next(entries.Count + 1), "!" + new IpPrefix(whole.First with { Value = whole.First.Value + 1 }, Math.Min(whole.Length + 2, whole.Address.Bits)));
        }

        return [.. entries];
    }

    private int Length(IpFamily family) => family == IpFamily.V4 ? random.Next(17, 31) : random.Next(50, 127);

    // Mostly a block of the realm's own, at times one that other realms have too.
    private IpPrefix Prefix(int realm, IpFamily family, int length)
    {
        int block = random.Next(10) == 0 ? 9 : realm;
        UInt128 low = (UInt128)random.Next(1 << 16) << (family == IpFamily.V4 ? 0 : 56);
        return family == IpFamily.V4
            ? new IpPrefix(IpAddress.V4(0x0A00_0000 + (uint)block * 0x1_0000 + (uint)low), length)
            : new IpPrefix(IpAddress.V6((UInt128)(0x2001_0db8_0000_0000UL + (ulong)block * 0x1_0000) << 64 | low), length);
    }

    private IpPrefix Public(IpFamily family) => family == IpFamily.V4
        ? new IpPrefix(IpAddress.V4(0xCB00_7000 + (uint)random.Next(1 << 10)), random.Next(26, 33))
        : new IpPrefix(IpAddress.V6(((UInt128)0x2001_0db8_ffff_0000UL << 64) + (UInt128)random.Next(1 << 10)), random.Next(122, 129));
}
