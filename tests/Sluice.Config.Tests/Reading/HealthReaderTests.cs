using Sluice.Config.Comparison;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Reading;

/// <summary>The health checks of a virtual IP's backends.</summary>
public class HealthReaderTests
{
    private static string Translation(string health, string rest = "port: 80, protocol: TCP") =>
        $"apiVersion: sluice.dev/v1alpha1\nkind: Translation\nmetadata: {{ name: web }}\nspec: {{ address: 30.0.0.2, {rest}, backends: [{{ address: 20.0.0.1 }}],\n  health: {health} }}\n";

    private static HealthSpec Read(string health) => Accepted(Translation(health)).Translations[0].Health!;

    [Fact]
    public void Everything_of_a_check_is_read()
    {
        HealthSpec health = Read("{ check: http, port: 8081, path: /healthz, host: www.test, status: '200-299', interval: 5s, timeout: 500ms, rise: 4, fall: 5, passive: { refused: 1, unanswered: 2, ejectFor: 1m } }");
        Assert.Equal(HealthCheckKind.Http, health.Check);
        Assert.Equal((ushort)8081, health.Port);
        Assert.Equal(("/healthz", "www.test"), (health.Path, health.Host));
        Assert.Equal(new PortRange(200, 299), health.Status);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500)), (health.Interval, health.Timeout));
        Assert.Equal((4, 5), (health.Rise, health.Fall));
        Assert.Equal(new PassiveHealthSpec { Refused = 1, Unanswered = 2, EjectFor = TimeSpan.FromMinutes(1) }, health.Passive);
    }

    [Fact]
    public void A_check_has_the_usual_values_where_none_are_given()
    {
        HealthSpec health = Read("{ check: tcp }");
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 2, 3), (health.Interval, health.Timeout, health.Rise, health.Fall));
        Assert.Null(health.Port);
        Assert.Null(health.Passive);
        Assert.Equal(new PortRange(200, 399), Read("{ check: http }").Status);
        Assert.Equal("/", Read("{ check: http }").Path);
        Assert.Equal(new PassiveHealthSpec { Refused = 3, Unanswered = 5, EjectFor = TimeSpan.FromSeconds(10) }, Read("{ passive: {} }").Passive);
        Assert.Equal(HealthCheckKind.None, Read("{ passive: {} }").Check);
        Assert.Null(Accepted(Translation("null")).Translations[0].Health);
    }

    [Fact]
    public void A_datagram_and_its_answer_are_read()
    {
        HealthSpec health = Read("{ check: udp, send: 'are you there', answer: required }");
        Assert.Equal(("are you there", true), (health.Send, health.NeedsAnswer));
    }

    [Theory]
    [InlineData("{}", ConfigRule.MissingParameter, "'check' is missing")]
    [InlineData("{ check: tpc }", ConfigRule.Invalid, "'tpc' is none of tcp, http, udp, icmp")]
    [InlineData("{ check: http, path: healthz }", ConfigRule.Invalid, "'healthz' is no path of a page: it begins with '/'")]
    [InlineData("{ check: http, path: '/a b' }", ConfigRule.Invalid, "'path' has at most 1024 printable ASCII characters, without spaces")]
    [InlineData("{ check: http, host: \"a\\r\\nb\" }", ConfigRule.Invalid, "'host' has at most 1024 printable ASCII characters, without spaces")]
    [InlineData("{ check: http, status: '200-999' }", ConfigRule.Invalid, "'200-999' is no status (200) or range of them (\"200-399\"), 100 to 599")]
    [InlineData("{ check: tcp, interval: 10ms }", ConfigRule.Invalid, "'interval' must be at least 100ms")]
    [InlineData("{ check: tcp, fall: 0 }", ConfigRule.Invalid, "'0' is not a whole number from 1 to 100")]
    [InlineData("{ check: tcp, every: 2s }", ConfigRule.UnknownField, null)]
    public void What_is_wrong_is_said_at_its_place(string health, ConfigRule rule, string? message)
    {
        ConfigError error = Refused(Translation(health), rule);
        Assert.Equal(5, error.Place.Line);
        if (message is not null) Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_port_is_needed_where_no_backend_has_one()
    {
        Assert.Equal("'port' is missing: a backend of all ports doesn't say which one to ask", Refused(Translation("{ check: tcp }", "protocol: TCP"), ConfigRule.MissingParameter).Message);
        Accepted(Translation("{ check: icmp }", "protocol: TCP"));
        Accepted(Translation("{ check: tcp, port: 22 }", "protocol: TCP"));
    }

    [Theory]
    [InlineData("{ check: tcp, path: /a }", "'path' is of 'check: http' and has no effect here")]
    [InlineData("{ check: http, send: a }", "'send' is of 'check: udp' and has no effect here")]
    [InlineData("{ check: icmp, port: 5 }", "an echo request has no port: 'port' has no effect here")]
    public void A_field_without_effect_is_warned_of(string health, string message) =>
        Assert.Contains(Load(Translation(health)).Problems, p => !p.IsError && p.Rule == ConfigRule.Ignored && p.Message == message);

    [Fact]
    public void Passive_checks_are_of_TCP() =>
        Assert.Contains(Load(Translation("{ passive: {} }", "port: 53, protocol: UDP")).Problems, p => !p.IsError && p.Rule == ConfigRule.Ignored);

    [Fact]
    public void A_changed_check_is_a_difference()
    {
        ConfigSet old = Accepted(Translation("{ check: tcp }")), same = Accepted(Translation("{ check: tcp, interval: 2000ms }")), next = Accepted(Translation("{ check: http, path: /x, fall: 1 }"));
        Assert.Empty(ConfigComparison.Compare(old, same));
        ConfigChange change = Assert.Single(ConfigComparison.Compare(old, next));
        Assert.Equal(["health.check", "health.fall", "health.path", "health.status"], change.Fields.Select(field => field.Name).Order(StringComparer.Ordinal));
    }
}
