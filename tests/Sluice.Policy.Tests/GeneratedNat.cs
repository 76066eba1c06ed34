using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Policy.Tests;

/// <summary>A random configuration of every kind of NAT on either end, and packets for it. Few realms and small blocks, so that things meet; some are not valid.</summary>
internal sealed class GeneratedNat
{
    private static readonly string[] Names = ["a", "b", "c", "d", "ext.net"];
    private static readonly byte[] Protocols = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, 47];
    private readonly Random random;

    public GeneratedNat(Random random)
    {
        this.random = random;
        var all = new List<NatPeering>();
        for (int left = 0; left < Names.Length; left++)
            for (int right = left + 1; right < Names.Length; right++)
                if (random.Next(3) == 0) all.Add(Peering(left, right));
        if (all.Count == 0) all.Add(Peering(0, 1));
        Peerings = [.. all];
        Own = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (Names[random.Next(Names.Length)], new IpPrefix(Private(random.Next(5), random.Next(4), IpFamily.V4), random.Next(20, 29))))];
    }

    public NatPeering[] Peerings { get; }

    /// <summary>Prefixes that realms have themselves, as routes.</summary>
    public (string Realm, IpPrefix Prefix)[] Own { get; }

    public string[] Yaml => [.. Peerings.Select(static peering => peering.Yaml)];

    public string Gateway => Own.Length == 0 ? "" : "  links:\n" + string.Join('\n', Own.Select(static (own, i) =>
        $"    - {{ name: l{i}, driver: tun, realm: {own.Realm}, routes: [{{ to: \"{own.Prefix}\" }}] }}"));

    /// <summary>The same with a peering drawn anew, left out or turned.</summary>
    public GeneratedNat Changed()
    {
        var next = new GeneratedNat(random);
        for (int i = 0; i < Math.Min(next.Peerings.Length, Peerings.Length); i++)
            if (random.Next(3) != 0) next.Peerings[i] = Peerings[i];
        return next;
    }

    /// <summary>A packet that has a chance: between the two ends of a peering, or to what its own realm shows.</summary>
    public NatPacket Packet()
    {
        NatPeering peering = Peerings[random.Next(Peerings.Length)];
        (NatEnd here, NatEnd there) = random.Next(2) == 0 ? (peering.Left, peering.Right) : (peering.Right, peering.Left);
        NatExpose to = Any((random.Next(5) == 0 ? here : there).Exposes), from = Any(here.Exposes);
        byte protocol = Protocols[random.Next(Protocols.Length)];
        if (protocol == IpProtocol.Icmp && peering.Family == IpFamily.V6) protocol = IpProtocol.IcmpV6;
        bool ported = protocol != 47;
        return new NatPacket(
            here.Realm, protocol, Address(from.Ips, peering.Family), ported ? Port(from.Ips, from.Forwards.Select(static one => one.Private)) : (ushort)0,
            Address(to.As.Length > 0 ? to.As : to.Ips, peering.Family), ported ? Port(to.As.Length > 0 ? to.As : to.Ips, to.Forwards.Select(static one => one.Public)) : (ushort)0,
            there.Realm, Address(Any(there.Exposes).Ips, peering.Family));
    }

    private T Any<T>(T[] list) => list[random.Next(list.Length)];

    private IpAddress Address(NatEntry[] list, IpFamily family)
    {
        if (list.Length == 0 || random.Next(12) == 0) return family == IpFamily.V4 ? IpAddress.V4((uint)random.NextInt64(1L << 32)) : IpAddress.V6((UInt128)0x2001_4860 << 96);
        IpPrefix prefix = Any(list).Prefix;
        return random.Next(10) switch
        {
            0 => prefix.First with { Value = prefix.First.Value - 1 },
            1 => prefix.Last with { Value = prefix.Last.Value + 1 },
            2 => prefix.Last,
            _ => prefix.First with { Value = prefix.First.Value + ((UInt128)random.Next(64) & (prefix.Last.Value - prefix.First.Value)) },
        };
    }

    private ushort Port(NatEntry[] list, IEnumerable<PortRange> forwards)
    {
        PortRange[] near = [.. list.Select(static entry => entry.Ports).Where(static ports => !ports.IsAll), .. forwards];
        if (near.Length == 0 || random.Next(5) == 0) return (ushort)random.Next(1, 65536);
        PortRange ports = Any(near);
        return (ushort)random.Next(Math.Max(ports.First - 1, 1), ports.Last + 2);
    }

    private NatPeering Peering(int left, int right)
    {
        IpFamily family = random.Next(3) == 0 ? IpFamily.V6 : IpFamily.V4;
        NatEnd one = End(left, right, family, mayBeDefault: true);
        NatEnd other = End(right, left, family, mayBeDefault: !one.Exposes.Any(static e => e.Kind == "default"));
        if (random.Next(2) == 0) (one, other) = (other, one);
        NatRule[] rules = random.Next(3) == 0 ? [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Rule(i, one, other))] : [];
        return new NatPeering(one, other, family, rules, random.Next(2) == 0);
    }

    private NatRule Rule(int number, NatEnd one, NatEnd other)
    {
        (NatEnd from, NatEnd to) = random.Next(2) == 0 ? (one, other) : (other, one);
        byte? protocol = random.Next(4) switch { 0 => null, 1 => IpProtocol.Udp, 2 => 47, _ => IpProtocol.Tcp };
        NatExpose source = Any(from.Exposes), target = Any(to.Exposes);
        NatEntry[] shown = target.As.Length > 0 ? target.As : target.Ips;
        PortRange? ports = protocol is IpProtocol.Tcp or IpProtocol.Udp && random.Next(2) == 0 ? Ports(random.Next(1, 2000)) : null;
        return new NatRule(
            $"r{number}", from.Realm, random.Next(2) == 0, protocol,
            source.Ips.Length > 0 && random.Next(2) == 0 ? Part(Any(source.Ips).Prefix) : null,
            shown.Length > 0 && random.Next(2) == 0 ? Part(Any(shown).Prefix) : null, ports, random.Next(2) == 0);
    }

    private IpPrefix Part(IpPrefix prefix) => random.Next(2) == 0 ? prefix : new IpPrefix(prefix.First, Math.Min(prefix.Length + 1, prefix.Address.Bits));

    private static PortRange Ports(int width) => new(1000, (ushort)(999 + width));

    private NatEnd End(int realm, int peer, IpFamily family, bool mayBeDefault)
    {
        var exposes = new List<NatExpose>();
        if (mayBeDefault && random.Next(8) == 0) exposes.Add(new NatExpose("default", [], [], []));
        int more = random.Next(exposes.Count == 0 ? 1 : 0, 4);
        for (int slot = 0; slot < more; slot++)
        {
            int block = random.Next(12) == 0 ? 0 : slot;
            IpAddress inside = Private(random.Next(12) == 0 ? 9 : realm, block, family), outside = Public(random.Next(12) == 0 ? 200 : (realm * 8) + peer, block, family);
            switch (random.Next(5))
            {
                case 0: exposes.Add(Plain(inside)); break;
                case 1: exposes.Add(Fixed(inside, outside)); break;
                case 2: exposes.Add(Forward(inside, outside)); break;
                default: AddMasquerade(exposes, inside, outside); break;
            }
        }

        return new NatEnd(Names[realm], [.. exposes]);
    }

    private NatExpose Plain(IpAddress inside)
    {
        var entries = new List<NatEntry> { At(inside, 0, random.Next(3, 7)) };
        if (random.Next(3) == 0) entries.Insert(random.Next(2), new NatEntry(At(inside, 1, 0).Prefix, excludes: true));
        if (random.Next(3) == 0) entries = [.. entries.Select(entry => entry.Excludes ? entry : entry with { Ports = Range(80, random.Next(1, 20)) })];
        if (random.Next(4) == 0) entries.Add(At(inside, 0, 2));
        return new NatExpose("plain", [.. entries], [], []);
    }

    private NatExpose Fixed(IpAddress inside, IpAddress outside)
    {
        int bits = random.Next(1, 5), width = random.Next(1, 6);
        NatEntry[] privates = [At(inside, 0, bits)], publics = [At(outside, 0, bits)];
        switch (random.Next(5))
        {
            case 0:
                // As many, in two pieces, and not in order.
                publics = [At(outside, 32, bits - 1), At(outside, 0, bits - 1)];
                break;
            case 1:
                privates = [new NatEntry(At(inside, random.Next(1 << bits), 0).Prefix, true), .. privates];
                publics = [.. publics, new NatEntry(At(outside, random.Next(1 << bits), 0).Prefix, true)];
                break;
            case 2:
                privates = [privates[0] with { Ports = Range(5000, width) }];
                publics = [publics[0] with { Ports = Range(6000, width) }];
                break;
            case 3:
                // Half as many addresses with twice as many ports.
                privates = [privates[0] with { Ports = Range(5000, width) }];
                publics = [At(outside, 0, bits - 1) with { Ports = Range(6000, 2 * width) }];
                break;
        }

        return new NatExpose("static", privates, publics, []);
    }

    private void AddMasquerade(List<NatExpose> exposes, IpAddress inside, IpAddress outside)
    {
        var privates = new List<NatEntry> { At(inside, 0, 5) };
        if (random.Next(3) == 0) privates.Add(new NatEntry(At(inside, random.Next(8), 0).Prefix, true));
        var publics = new List<NatEntry> { At(outside, 0, random.Next(0, 3)) };
        if (random.Next(3) == 0) publics.Add(At(outside, 8, 1));
        exposes.Add(new NatExpose("masquerade", [.. privates], [.. publics], []));
        for (int more = random.Next(3); more > 0; more--) exposes.Insert(random.Next(exposes.Count + 1), Forward(inside, outside));
    }

    private NatExpose Forward(IpAddress inside, IpAddress outside)
    {
        int bits = random.Next(0, 2);
        NatForward[] forwards = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i =>
        {
            int width = random.Next(1, 5);
            string protocol = random.Next(3) switch { 0 => "tcp", 1 => "udp", _ => "" };
            return new NatForward(protocol, Range(22_000 + (random.Next(6) * 10) + (i * 100), width), Range(20 + random.Next(4), width));
        })];
        return new NatExpose("forward", [At(inside, 2 * random.Next(4), bits)], [At(outside, 2 * random.Next(3), bits)], forwards);
    }

    private static PortRange Range(int first, int width) => new((ushort)first, (ushort)(first + width - 1));

    // A prefix of 2^bits addresses.
    private static NatEntry At(IpAddress address, int offset, int bits) => new(new IpPrefix(address with { Value = address.Value + (UInt128)offset }, address.Bits - bits));

    private static IpAddress Private(int realm, int slot, IpFamily family) => family == IpFamily.V4
        ? IpAddress.V4(0x0A00_0000 + (uint)(realm << 16) + (uint)(slot << 8))
        : IpAddress.V6((((UInt128)0x2001_0db8_0000_0000UL + (UInt128)(ulong)(realm << 16)) << 64) + (UInt128)(slot << 8));

    private static IpAddress Public(int block, int slot, IpFamily family) => family == IpFamily.V4
        ? IpAddress.V4(0x6440_0000 + (uint)(block << 8) + (uint)(slot << 6))
        : IpAddress.V6((((UInt128)0x2001_0db8_ffff_0000UL + (UInt128)(ulong)block) << 64) + (UInt128)(slot << 6));
}

/// <summary>A packet, and an address that may be inside at the other end.</summary>
internal sealed record NatPacket(string Realm, byte Protocol, IpAddress Source, ushort SourcePort, IpAddress Destination, ushort DestinationPort, string InsideRealm, IpAddress Inside)
{
    public bool HasPorts => Protocol != 47;

    public bool HasTransportPorts => Protocol is IpProtocol.Tcp or IpProtocol.Udp;
}
