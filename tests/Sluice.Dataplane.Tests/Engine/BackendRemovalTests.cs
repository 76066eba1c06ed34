using System.Buffers.Binary;
using Sluice.Packets.Building;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What becomes of sessions whose backend, or whose translation, is taken away.</summary>
public sealed class BackendRemovalTests
{
    private const string First = "{ address: 20.0.0.1, port: 8080 }", Second = "{ address: 20.0.0.2, port: 8080 }";
    private const string Drain = ", onRemove: drain";

    private const string Opened = """
        clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
          = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
        servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp SA seq 500 ack 101
          = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
        clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A seq 101 ack 501
          = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp A
        servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp A seq 501 ack 101
          = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp A
        """;

    private static Rig Open(string config, string opened = Opened)
    {
        var rig = new Rig(config);
        new Play(rig).Run(opened);
        return rig;
    }

    // What leaves while nothing comes in.
    private static string[] Sweep(Rig rig)
    {
        var left = new List<string>();
        for (int i = 0; i < 20; i++)
        {
            rig.Wait(100);
            rig.Work();
            left.AddRange(Left(rig));
        }

        return [.. left.Order(StringComparer.Ordinal)];
    }

    // What left last, with its sequence and acknowledgement.
    private static IEnumerable<string> Left(Rig rig) => rig.Frames.Select((frame, i) =>
    {
        int tcp = frame[14] >> 4 == 4 ? 34 : 54;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(tcp + 4)), acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(tcp + 8));
        string text = PacketText.Describe(frame, hasEthernet: true);
        return $"{rig.FrameLinks[i]} {text[..text.IndexOf(" len", StringComparison.Ordinal)]} seq {sequence} ack {acknowledgment}";
    });

    [Fact]
    public void The_sweep_resets_both_ends_with_the_sequences_that_they_expect()
    {
        using Rig rig = Open(Virtual.Web(First));
        rig.ApplyOnly(Virtual.Web(Second));
        Assert.Equal(
            ["clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R seq 501 ack 0", "servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R seq 101 ack 0"],
            Sweep(rig));
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.BackendRemoved));
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void The_next_packet_of_the_client_resets_both_ends()
    {
        using Rig rig = Open(Virtual.Web(First));
        rig.ApplyOnly(Virtual.Web(Second));
        rig.Wait(500);
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp PA seq 151 ack 777 len 10
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R
              drop NoBackend
            """);
        Assert.Equal(["clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R seq 777 ack 0", "servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R seq 151 ack 0"], Left(rig));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp PA seq 161 ack 777 len 10
              drop MidstreamTcp
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 9000
              = servers 10.0.0.2:40000 > 20.0.0.2:8080 tcp S
            """);
    }

    [Fact]
    public void The_next_packet_of_the_backend_resets_both_ends()
    {
        using Rig rig = Open(Virtual.Web(First));
        rig.ApplyOnly(Virtual.Web(Second));
        rig.Wait(500);
        new Play(rig).Run("""
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp PA seq 777 ack 151 len 10
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R
              drop NoBackend
            """);
        Assert.Equal(["clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R seq 777 ack 0", "servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R seq 151 ack 0"], Left(rig));
    }

    [Fact]
    public void What_is_on_its_way_when_a_backend_goes_is_waited_for()
    {
        using Rig rig = Open(Virtual.Web(First));
        new Play(rig).Run("""
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp A seq 501 ack 101 len 1000
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp A
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp A seq 1501 ack 101 len 1000
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp A
            """);
        rig.ApplyOnly(Virtual.Web(Second));

        // The client has more by now than it acknowledges first; a backend that hears no acknowledgement sends again.
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A seq 101 ack 1501
              drop NoBackend
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp A seq 2501 ack 101 len 1000
              drop NoBackend
            wait 40ms
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A seq 101 ack 2501
              drop NoBackend
            wait 500ms
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp A seq 501 ack 101 len 1000
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R
              drop NoBackend
            """);
        Assert.Equal(["clients 30.0.0.2:80 > 10.0.0.2:40000 tcp R seq 2501 ack 0", "servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R seq 101 ack 0"], Left(rig));
    }

    [Fact]
    public void A_reset_is_told_to_the_other_end_alone()
    {
        using Rig rig = Open(Virtual.Web(First));
        rig.ApplyOnly(Virtual.Web(Second));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp R seq 151
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R
              drop NoBackend
            """);
        Assert.Equal(["servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R seq 151 ack 0"], Left(rig));
    }

    [Fact]
    public void A_client_that_still_connects_is_led_to_another_backend_at_once()
    {
        using var rig = new Rig(Virtual.Web(First));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100"));
        rig.TakeVerdicts();
        rig.ApplyOnly(Virtual.Web(Second));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
              = servers 10.0.0.2:40000 > 20.0.0.2:8080 tcp S
            """);
    }

    [Fact]
    public void A_client_that_waits_for_its_answer_is_told_by_the_sweep_in_the_way_that_it_believes()
    {
        using var rig = new Rig(Virtual.Web(First));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100"));
        rig.ApplyOnly(Virtual.Web(Second));
        Assert.Equal(
            ["clients 30.0.0.2:80 > 10.0.0.2:40000 tcp RA seq 0 ack 101", "servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp R seq 101 ack 0"],
            Sweep(rig));
    }

    [Fact]
    public void A_translation_that_is_deleted_resets_the_connections_of_all_its_backends()
    {
        using Rig rig = Open(Virtual.Web($"{First}"));
        rig.ApplyOnly(Virtual.Links());
        Assert.Equal(2, Sweep(rig).Length);
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.BackendRemoved));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Drained_connections_finish_when_their_backend_or_their_translation_is_gone(bool isDeleted)
    {
        using Rig rig = Open(Virtual.Web(First, more: Drain));
        rig.Reload(isDeleted ? Virtual.Links() : Virtual.Web(Second, more: Drain));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp PA seq 101 ack 501 len 10
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp PA
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp FA seq 501 ack 111
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp FA
            """);
        Assert.Equal(SessionStateName.Closing, Assert.Single(rig.Engine.Store.Sessions(rig.Now)).State);
        Assert.Equal(1, Assert.Single(rig.Engine.Store.Accounts.Views(), static view => view.Name is { Kind: AccountKind.Backend, Port: 8080 } && view.Counts.Active == 1).Counts.Active);
    }

    [Fact]
    public void A_client_that_the_translation_is_no_longer_for_is_not_left_to_finish()
    {
        using Rig rig = Open(Virtual.Web(First, more: Drain));
        string excluded = Virtual.Web(First, more: $"{Drain}, sources: [10.0.0.3/32]");
        Assert.Equal(1, rig.Forecast(excluded).Total.Ended);
        Assert.Equal(2, rig.Reload(excluded).Length);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void A_drained_connection_to_a_direct_backend_finishes_there()
    {
        const string Direct = "{ address: 20.0.0.1, mode: direct }";
        using var rig = new Rig(Virtual.Web(Direct, more: Drain));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S"));
        rig.Reload(Virtual.Web("{ address: 20.0.0.2, mode: direct }", more: Drain));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp A"));
        Assert.Equal(1, rig.Frames[^1][5]);
    }

    [Fact]
    public void UDP_chooses_again_with_its_next_packet_which_is_not_lost()
    {
        using var rig = new Rig(Virtual.Web(First, "UDP", more: Drain));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 udp
            """);
        rig.ApplyOnly(Virtual.Web(Second, "UDP", more: Drain));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = servers 10.0.0.2:40000 > 20.0.0.2:8080 udp
            servers 20.0.0.2:8080 > 10.0.0.2:40000 udp
              = clients 30.0.0.2:80 > 10.0.0.2:40000 udp
            """);
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.BackendRemoved));
    }

    [Theory]
    [InlineData(", state: draining")]
    [InlineData(", weight: 0")]
    public void A_backend_that_drains_keeps_its_live_connections(string how)
    {
        using Rig rig = Open(Virtual.Web(First));
        rig.Reload(Virtual.Web($"{{ address: 20.0.0.1, port: 8080{how} }}, {Second}"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp PA seq 101 ack 501 len 10
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp PA
            clients 10.0.0.2:40001 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40001 > 20.0.0.2:8080 tcp S
            """);
    }

    [Fact]
    public void Resets_are_limited_and_no_session_misses_its_own()
    {
        using var rig = new Rig(Virtual.Web(First), capacity: 5000);
        const int Many = 3000;
        for (int i = 0; i < Many; i++) rig.In("clients", PacketScript.Parse($"10.0.0.2:{10000 + i} > 30.0.0.2:80 tcp S"));
        rig.ApplyOnly(Virtual.Web(Second));
        string[] left = Sweep(rig);
        Assert.Equal(2 * Many, left.Length);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void What_the_forecast_says_is_what_happens()
    {
        using Rig rig = Open(Virtual.Web(First, more: Drain));
        Assert.Equal(1, rig.Forecast(Virtual.Links()).Total.Moved);
        using Rig other = Open(Virtual.Web(First));
        Assert.Equal(1, other.Forecast(Virtual.Links()).Total.Ended);
    }

    [Fact]
    public void A_frame_of_IPv6_is_reset_as_one_of_IPv4()
    {
        using Rig rig = Open(Virtual.Web("{ address: \"fd00:2::1\", port: 8080 }", address: "fd00:30::2"), """
            clients [fd00:1::2]:40000 > [fd00:30::2]:80 tcp S seq 100
              = servers [fd00:1::2]:40000 > [fd00:2::1]:8080 tcp S
            servers [fd00:2::1]:8080 > [fd00:1::2]:40000 tcp SA seq 500 ack 101
              = clients [fd00:30::2]:80 > [fd00:1::2]:40000 tcp SA
            """);
        rig.ApplyOnly(Virtual.Links());
        Assert.Equal(
            ["clients [fd00:30::2]:80 > [fd00:1::2]:40000 tcp RA seq 0 ack 101", "servers [fd00:1::2]:40000 > [fd00:2::1]:8080 tcp R seq 101 ack 0"],
            Sweep(rig));
    }
}
