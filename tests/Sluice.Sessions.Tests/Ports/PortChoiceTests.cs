using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Ports;

public sealed class PortChoiceTests
{
    [Fact]
    public void A_source_port_that_is_free_and_inside_the_range_is_kept()
    {
        using var test = new TestStore();
        Assert.Equal(5000, test.Create(test.Udp("10.0.0.1", 5000)).Reply.DestinationPort);
        SessionView other = test.Create(test.Udp("10.0.0.2", 5000));
        Assert.NotEqual(5000, other.Reply.DestinationPort);
        Assert.InRange(other.Reply.DestinationPort, 1024, 65535);
    }

    [Fact]
    public void A_source_port_outside_the_range_is_drawn_from_it()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(20_000, 20_099) });
        for (ushort i = 0; i < 100; i++)
            Assert.InRange(test.Create(test.Udp("10.0.0.1", (ushort)(i + 100))).Reply.DestinationPort, 20_000, 20_099);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.1", 99)));
    }

    [Fact]
    public void Without_preservation_every_port_is_drawn()
    {
        using var test = new TestStore(new SessionProfile { PreservePort = false });
        int kept = 0;
        for (ushort i = 0; i < 1000; i++) kept += test.Create(test.Udp("10.0.0.1", (ushort)(5000 + i))).Reply.DestinationPort == 5000 + i ? 1 : 0;
        Assert.InRange(kept, 0, 3);
    }

    [Fact]
    public void ICMP_identifiers_use_the_whole_sixteen_bits()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(5000, 5001) });
        Assert.Equal(3, test.Create(test.Ping("10.0.0.1", 3)).Reply.DestinationPort);
        var drawn = new List<int>();
        for (int i = 2; i < 202; i++) drawn.Add(test.Create(test.Ping($"10.0.0.{i}", 3)).Reply.DestinationPort);
        Assert.Contains(drawn, id => id < 8192);
        Assert.Contains(drawn, id => id > 57344);
        Assert.Equal(200, drawn.Distinct().Count());
    }

    [Fact]
    public void Protocols_have_ports_of_their_own()
    {
        using var test = new TestStore();
        Assert.Equal(5000, test.Create(test.Udp("10.0.0.1", 5000)).Reply.DestinationPort);
        Assert.Equal(5000, test.Create(test.Tcp("10.0.0.2", 5000)).Reply.DestinationPort);
        Assert.Equal(5000, test.Create(test.Ping("10.0.0.3", 5000)).Reply.DestinationPort);
    }

    [Fact]
    public void A_protocol_without_ports_is_not_given_a_public_endpoint()
    {
        using var test = new TestStore();
        Assert.Equal(DropReason.UnsupportedProtocol, test.TryCreate(test.Request(47, "10.0.0.1", 0, "198.51.100.9", 0)));
        Assert.Equal(0, test.Store.InUse);
    }

    [Fact]
    public void Drawn_ports_follow_RFC_6056()
    {
        const ulong Seed = 20261;
        using var test = new TestStore(new SessionProfile { PreservePort = false }, "203.0.113.0/29", seed: Seed);
        var ports = new List<int>();
        for (int i = 0; i < 10_000; i++) ports.Add(test.Create(test.Udp($"10.0.{i >> 8}.{i & 255}", 5000)).Reply.DestinationPort);

        int neighbours = ports.Zip(ports.Skip(1), (a, b) => Math.Abs(a - b)).Count(distance => distance <= 1);
        Assert.True(neighbours < 100, $"seed {Seed}: {neighbours} of 10,000 ports follow their predecessor.");

        // Chi-square over 63 cells of 1,024 ports: 62 degrees of freedom, the value at 0.1 % is 102.2.
        var cells = new int[63];
        foreach (int port in ports) cells[(port - 1024) / 1024]++;
        double expected = ports.Count / 63.0, square = cells.Sum(cell => (cell - expected) * (cell - expected) / expected);
        Assert.True(square < 102.2, $"seed {Seed}: chi-square {square}");

        // RFC 7857 section 8: no parity is kept.
        Assert.InRange(ports.Count(port => (port & 1) == 0), 4700, 5300);
    }

    [Fact]
    public void Other_seeds_draw_other_ports_and_the_same_seed_the_same()
    {
        List<int> Draw(ulong seed)
        {
            using var test = new TestStore(new SessionProfile { PreservePort = false }, seed: seed);
            return [.. Enumerable.Range(0, 50).Select(i => (int)test.Create(test.Udp("10.0.0.1", (ushort)(5000 + i))).Reply.DestinationPort)];
        }

        Assert.Equal(Draw(5), Draw(5));
        Assert.NotEqual(Draw(5), Draw(6));
    }

    [Fact]
    public void A_refusal_comes_only_when_no_port_is_free_anywhere_in_the_pool()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(3000, 3200) }, "203.0.113.1-203.0.113.5");
        for (int i = 0; i < 5 * 201; i++) Assert.Equal(DropReason.None, test.TryCreate(test.Udp($"10.0.{i & 7}.1", (ushort)(10_000 + i))));
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.1", 9)));
        Assert.True(test.Store.Events.CountOf(PoolEventKind.Exhausted) > 0);
        Assert.Equal(1005, test.PortsInUse);

        // TCP has its own ports, and the refused packet left nothing behind.
        Assert.Equal(DropReason.None, test.TryCreate(test.Tcp("10.0.0.1", 9)));
        Assert.Equal(1006, test.Store.InUse);
    }

    [Fact]
    public void A_claimed_port_is_never_given_out()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(3000, 3009) });
        Assert.True(test.Store.ClaimPort(TestStore.Outside, TestStore.Ip("203.0.113.1"), PortClass.Udp, 3004));
        var given = Enumerable.Range(0, 9).Select(i => (int)test.Create(test.Udp("10.0.0.1", (ushort)(3000 + i))).Reply.DestinationPort).ToList();
        Assert.DoesNotContain(3004, given);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.2", 3004)));
        PoolView view = test.Store.Pools().Single(p => p.Protocol == PortClass.Udp);
        Assert.Equal((9, 0, 9), (view.InUse, view.Held, view.Total));
        test.Store.ReleasePort(TestStore.Outside, TestStore.Ip("203.0.113.1"), PortClass.Udp, 3004);
        Assert.Equal(3004, test.Create(test.Udp("10.0.0.2", 3004)).Reply.DestinationPort);
    }
}
