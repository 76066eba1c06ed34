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

    /// <summary>Addresses at the edges of everything that is written, and some others.</summary>
    public IpAddress[] InterestingAddresses()
    {
        IEnumerable<string> written = Peerings.SelectMany(static p => p.Left.Exposes.Concat(p.Right.Exposes)).SelectMany(static e => e.Ips.Concat(e.As));
        IEnumerable<IpPrefix> prefixes = written.Select(static text => IpPrefix.Parse(text.TrimStart('!'))).Concat(Own.Select(static own => own.Prefix));
        return
        [
            .. prefixes.SelectMany(static p => new[] { p.First, p.Last, p.First with { Value = p.First.Value - 1 }, p.Last with { Value = p.Last.Value + 1 }, p.First with { Value = p.First.Value + 3 } }),
            IpAddress.Parse("8.8.8.8"), IpAddress.Parse("224.0.0.1"), IpAddress.Parse("2001:4860::8888"), IpAddress.Parse("ff02::1"), IpAddress.Parse("fe80::1"),
        ];
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
