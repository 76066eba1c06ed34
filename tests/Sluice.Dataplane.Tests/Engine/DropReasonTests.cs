using Sluice.Packets;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Every drop reason that this version gives, by its own row; and that none is forgotten.</summary>
public sealed class DropReasonTests : IDisposable
{
    // Reasons of features that this version does not have: virtual IPs, reassembly, VXLAN.
    private static readonly DropReason[] OfLaterVersions =
    [
        DropReason.NoBackend, DropReason.FragmentTimeout, DropReason.FragmentOverlap, DropReason.FragmentLimit, DropReason.UnknownVni,
    ];

    public static readonly TheoryData<DropReason, string> Rows = new()
    {
        { DropReason.UnsupportedProtocol, "vpc1 10.0.0.2 > 192.168.50.2 protocol 47" },
        { DropReason.TtlExpired, "vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp ttl 1" },
        { DropReason.NoRoute, "vpc1 10.0.0.2:5000 > 192.168.50.1:53 udp" },
        { DropReason.NoNeighbor, "vpc1 10.0.0.2:5000 > 192.168.50.99:53 udp" },
        { DropReason.TooBig, "vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp len 1600 df" },
        { DropReason.NotExposed, "vpc2 192.168.50.2:53 > 10.0.0.2:5000 udp" },
        { DropReason.AclDenied, "vpc1 10.0.0.2:5000 > 192.168.50.2:23 tcp S" },
        { DropReason.NoMapping, "vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp" },
        { DropReason.FilteredInbound, "vpc2 192.168.50.3:53 > 203.0.113.1:1111 udp" },
        { DropReason.MidstreamTcp, "vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A" },
        { DropReason.PoolExhausted, "vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp" },
        { DropReason.QuotaExceeded, "vpc1 10.0.0.3:1112 > 192.168.50.2:53 udp" },
        { DropReason.TableFull, "vpc1 10.0.0.4:5000 > 192.168.50.2:53 udp" },
        { DropReason.FragmentUnsupported, "vpc1 10.0.0.2 > 192.168.50.2 fragment of protocol 17 id 9 offset 0 len 64 more" },
        { DropReason.IcmpUnmatched, "vpc2 192.168.50.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:4444 > 192.168.50.2:9 udp]" },
        { DropReason.BadChecksum, "vpc2 192.168.50.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:4444 > 192.168.50.2:9 udp] badchecksum" },
        { DropReason.LinkFull, "vpc1 10.0.0.3:1111 > 192.168.50.2:53 udp" },
        { DropReason.Malformed, "vpc1 127.0.0.1:5000 > 192.168.50.2:53 udp" },
    };

    private readonly List<Rig> rigs = [];

    public void Dispose() => rigs.ForEach(static rig => rig.Dispose());

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_reason_is_given_and_counted(DropReason reason, string line)
    {
        Rig rig = RigFor(reason);
        ulong before = rig.Engine.Counters().DroppedFor(reason);
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string[] left = rig.In(line[..space], PacketScript.Parse(line[(space + 1)..]));
        Assert.Equal([$"drop {reason}"], rig.TakeVerdicts());
        Assert.Equal(before + 1, rig.Engine.Counters().DroppedFor(reason));
        Assert.DoesNotContain(left, static line => !line.Contains("icmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DropReason.Truncated, "0102030405")]
    [InlineData(DropReason.Truncated, "020000000001020000009999080045000030000000004011")]
    [InlineData(DropReason.Malformed, "0200000000010200000099990800650000140000000040110000000000000000000000000000000000000000")]
    [InlineData(DropReason.NotForUs, "0200000000ff02000000999908004500001c00000000401100000a0000020a00000100010002000800000000")]
    [InlineData(DropReason.UnsupportedProtocol, "02000000000102000000999988cc0000000000000000000000000000000000000000")]
    [InlineData(DropReason.BadChecksum, "02000000000102000000999908004500001c00000000401100000a0000020a00000100010002000800000000")]
    public void Garbage_is_dropped_for_what_is_wrong_with_it(DropReason reason, string frame)
    {
        Rig rig = RigFor(reason);
        Assert.Empty(rig.Send("vpc1", Convert.FromHexString(frame)));
        Assert.Equal([$"drop {reason}"], rig.TakeVerdicts());
    }

    [Fact]
    public void No_reason_is_forgotten()
    {
        IEnumerable<DropReason> given = Rows.Select(static row => row.Data.Item1).Concat([DropReason.None, DropReason.Truncated, DropReason.NotForUs]);
        Assert.Empty(Enum.GetValues<DropReason>().Except(given).Except(OfLaterVersions));
    }

    // A gateway in which the row's packet meets its reason: 10.0.0.3:1111 and 10.0.0.4:1111 have a session each.
    private Rig RigFor(DropReason reason)
    {
        string profile = reason switch
        {
            DropReason.PoolExhausted => "ports: \"1111-1112\"",
            DropReason.QuotaExceeded => "quotas: { sessionsPerHost: 1 }",
            _ => "",
        };
        string net = reason != DropReason.AclDenied ? Net.Masquerade(profile) : Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3 10.0.0.4"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2 192.168.50.3")],
            [$"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")} }}, acl: {{ rules: [{{ name: r, from: vpc1, action: deny, match: {{ proto: tcp }} }}]"]);
        var rig = new Rig(net, capacity: reason == DropReason.TableFull ? 2 : 1000);
        rigs.Add(rig);
        Assert.Single(rig.In("vpc1", PacketScript.Parse("10.0.0.3:1111 > 192.168.50.2:53 udp")));
        Assert.Single(rig.In("vpc1", PacketScript.Parse("10.0.0.4:1111 > 192.168.50.2:53 udp")));
        rig.TakeVerdicts();
        if (reason == DropReason.LinkFull) rig.Link("vpc2").RefusesNext = 1;
        return rig;
    }
}
