using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What a reload would do to live sessions, told before it is done.</summary>
public sealed class ForecastTests : IDisposable
{
    private readonly Rig rig = new(Net.Masquerade());

    public ForecastTests() => new Play(rig).Run("""
        vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
          = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
        vpc1 10.0.0.3:5001 > 192.168.50.2:53 udp
          = vpc2 203.0.113.1:5001 > 192.168.50.2:53 udp
        """);

    public void Dispose() => rig.Dispose();

    [Fact]
    public void The_same_configuration_keeps_all()
    {
        ReloadForecast forecast = rig.Forecast(Net.Masquerade());
        Assert.Equal(new SessionFate(Kept: 2, Moved: 0, Ended: 0), forecast.Total);
        RuleForecast rule = Assert.Single(forecast.Rules);
        Assert.Contains("vpc1 expose 1 (masquerade)", rule.Description.Name, StringComparison.Ordinal);
        Assert.Equal(forecast.Total, rule.Fate);
    }

    [Fact]
    public void A_public_address_that_goes_ends_its_sessions_and_asking_changes_nothing()
    {
        Assert.Equal(new SessionFate(Kept: 0, Moved: 0, Ended: 2), rig.Forecast(Net.Masquerade(publics: "203.0.113.9/32")).Total);
        Assert.Equal(2, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void Sessions_that_go_on_under_another_rule_are_moved()
    {
        string renamed = Net.Masquerade().Replace("name: p0", "name: other", StringComparison.Ordinal);
        Assert.Equal(new SessionFate(Kept: 0, Moved: 2, Ended: 0), rig.Forecast(renamed).Total);
    }

    [Fact]
    public void What_the_configuration_in_force_is_about_to_end_is_not_laid_to_the_next_one()
    {
        string elsewhere = Net.Masquerade(publics: "203.0.113.9/32");
        rig.ApplyOnly(elsewhere);
        Assert.Equal(default, rig.Forecast(elsewhere).Total);
        Assert.Equal(0, rig.Forecast(Net.Masquerade()).Total.Ended);
    }
}
