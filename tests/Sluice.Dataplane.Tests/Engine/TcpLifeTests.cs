using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>A TCP session's life through the gateway (RFC 5382, RFC 7857 section 2).</summary>
public sealed class TcpLifeTests : IDisposable
{
    private const string Opened = """
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 100
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA seq 900 ack 101
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 101 ack 901
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp A
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 901 ack 101 len 10
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp A

        """;

    private const string Passes = """
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 911 ack 101 len 1
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp A

        """;

    private const string IsOver = """
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 911 ack 101 len 1
          drop NoMapping

        """;

    private readonly Rig rig = new(Net.Masquerade());

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData("wait 7440000ms", true)]
    [InlineData("wait 7440001ms", false)]
    public void An_open_connection_lives_two_hours_and_four_minutes(string wait, bool lives) => Run(Opened, wait, lives ? Passes : IsOver);

    [Theory]
    [InlineData("wait 240000ms", true)]
    [InlineData("wait 240001ms", false)]
    public void A_half_open_connection_lives_four_minutes(string wait, bool lives) => Run(
        """
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 100
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
        """,
        wait,
        lives
            ? """
              vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA seq 900 ack 101
                = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
              """
            : """
              vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA seq 900 ack 101
                drop NoMapping
              """);

    [Theory]
    [InlineData("wait 240000ms", true)]
    [InlineData("wait 240001ms", false)]
    public void A_closing_connection_lives_four_minutes(string wait, bool lives) => Run(
        Opened,
        """
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp FA seq 101 ack 911
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp FA
        """,
        wait,
        lives ? Passes : IsOver);

    [Theory]
    [InlineData("seq 911", "wait 240001ms", false)]
    [InlineData("seq 911", "wait 239999ms", true)]
    [InlineData("seq 5000000", "wait 240001ms", true)]
    [InlineData("seq 800", "wait 240001ms", true)]
    public void A_reset_counts_only_where_it_is_credible_and_is_passed_on_always(string sequence, string wait, bool lives) => Run(
        Opened,
        $"""
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 101 ack 911
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp A
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp R {sequence}
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp R
        """,
        wait,
        lives ? Passes : IsOver);

    [Fact]
    public void A_simultaneous_open_is_a_connection() => Run("""
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 100
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp S seq 900
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp S
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp SA seq 100 ack 901
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp SA
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA seq 900 ack 101
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
        wait 7440000ms
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 911 ack 101 len 1
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp A
        """);

    [Fact]
    public void A_closing_tuple_may_begin_again_with_its_public_endpoint()
    {
        Run(Opened, """
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp FA seq 101 ack 911
              = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp FA
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp FA seq 911 ack 102
              = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp FA
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 7000
              = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA seq 1 ack 7001
              = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
            """);
        Assert.Equal(1, rig.Engine.Store.Count().Total);
        Assert.Equal(2UL, rig.Sessions[^1]);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("SA")]
    [InlineData("FA")]
    [InlineData("R")]
    [InlineData("SF")]
    [InlineData("-")]
    public void Nothing_but_a_syn_begins_a_connection(string flags) => Run($"""
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp {flags}
          drop MidstreamTcp
        """);

    private void Run(params string[] parts) => new Play(rig).Run(string.Join('\n', parts));
}
