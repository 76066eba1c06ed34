using Sluice.Config.Documents;
using Sluice.Gateway.Health;
using Xunit;

namespace Sluice.Gateway.Tests.Health;

/// <summary>What checks, and clients' connections, make of a backend.</summary>
public class HealthStateTests
{
    private static readonly PassiveHealthSpec Passive = new() { Refused = 3, Unanswered = 2, EjectFor = TimeSpan.FromSeconds(10) };

    // After each check, + or -: whether it is up (U) or down (D); rise 2, fall 3.
    [Theory]
    [InlineData("+--+---", "UUUUUUD")]
    [InlineData("-+-++", "DDDDU")]
    [InlineData("-++--+---", "DDUUUUUUD")]
    [InlineData("+---+-+++", "UUUDDDDUU")]
    public void So_many_checks_in_a_row_turn_a_backend_and_the_first_one_alone(string checks, string expected)
    {
        var health = new ActiveHealth();
        Assert.True(health.IsUp);
        string found = "";
        foreach (char check in checks)
        {
            bool was = health.IsUp;
            Assert.Equal(health.Hear(check == '+', rise: 2, fall: 3), health.IsUp != was);
            found += health.IsUp ? 'U' : 'D';
        }

        Assert.Equal(expected, found);
    }

    [Fact]
    public void Refused_connections_eject_for_a_while()
    {
        var health = new PassiveHealth();
        Assert.False(health.Look(new ConnectionCounts(10, 100, 0), Passive, 0));
        Assert.False(health.Look(new ConnectionCounts(10, 102, 0), Passive, 1000));
        Assert.True(health.Look(new ConnectionCounts(10, 103, 0), Passive, 2000));
        Assert.True(health.IsEjected);
        Assert.Equal("refused 3 connections", health.Why);
        Assert.False(health.Look(new ConnectionCounts(10, 110, 0), Passive, 11_999));
        Assert.True(health.Look(new ConnectionCounts(10, 110, 0), Passive, 12_000));
        Assert.False(health.IsEjected);
        Assert.False(health.Look(new ConnectionCounts(10, 112, 0), Passive, 13_000));
        Assert.True(health.Look(new ConnectionCounts(10, 113, 0), Passive, 14_000));
    }

    [Fact]
    public void Unanswered_connections_count_by_themselves()
    {
        var health = new PassiveHealth();
        Assert.False(health.Look(default, Passive, 0));
        Assert.False(health.Look(new ConnectionCounts(0, 2, 1), Passive, 1000));
        Assert.True(health.Look(new ConnectionCounts(0, 2, 2), Passive, 2000));
        Assert.Equal("left 2 connections unanswered", health.Why);
    }

    [Fact]
    public void An_answered_connection_sets_the_counts_back()
    {
        var health = new PassiveHealth();
        Assert.False(health.Look(default, Passive, 0));
        Assert.False(health.Look(new ConnectionCounts(0, 2, 1), Passive, 1000));
        Assert.False(health.Look(new ConnectionCounts(1, 2, 1), Passive, 2000));
        Assert.False(health.Look(new ConnectionCounts(1, 4, 2), Passive, 3000));
        Assert.True(health.Look(new ConnectionCounts(1, 5, 2), Passive, 4000));
    }

    [Fact]
    public void What_is_not_to_count_does_not()
    {
        var health = new PassiveHealth();
        PassiveHealthSpec none = Passive with { Refused = 0, Unanswered = 0 };
        Assert.False(health.Look(default, none, 0));
        Assert.False(health.Look(new ConnectionCounts(0, 1000, 1000), none, 1000));
    }

    [Fact]
    public void Counters_that_begin_anew_are_no_news()
    {
        var health = new PassiveHealth();
        Assert.False(health.Look(new ConnectionCounts(50, 50, 50), Passive, 0));
        Assert.False(health.Look(new ConnectionCounts(0, 10, 0), Passive, 1000));
        Assert.True(health.Look(new ConnectionCounts(0, 13, 0), Passive, 2000));
    }
}
