using Sluice.Config.Documents;
using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

public class StartupSectionTests
{
    private const string Web = "\ncnat translation add vip 30.0.0.2 80 maglev\ncnat snat with 198.51.100.1\nset cnat feature tap0";

    [Fact]
    public void Ages_are_timers_of_what_commands_ask_for()
    {
        ConfigSet set = Accepted("cnat { session-max-age 60 tcp-max-age 3600 }" + Web);
        foreach (string? profile in new[] { set.Translations[0].Profile, set.SourceNats[0].Profile })
        {
            TimerSpec timers = set.TimersOf(set.ProfileNamed(profile));
            Assert.Equal((60, 60, 60, 3600), (timers.TcpHalfOpen?.TotalSeconds, timers.Udp?.TotalSeconds, timers.Icmp?.TotalSeconds, timers.TcpEstablished?.TotalSeconds));
            Assert.Equal(TimerSpec.Default.TcpClosing, timers.TcpClosing);
        }

        Assert.Equal(TimerSpec.Default, set.TimersOf(set.DefaultProfile));
        Assert.Equal([ConfigRule.ShortTimer, ConfigRule.ShortTimer], set.Warnings.Select(warning => warning.Rule));
    }

    [Fact]
    public void One_age_leaves_the_others_to_the_profile()
    {
        ConfigSet set = Accepted("cnat { tcp-max-age 7440 }" + Web);
        TimerSpec timers = set.TimersOf(set.ProfileNamed(set.Translations[0].Profile));
        Assert.Equal(TimerSpec.Default, timers);
        Assert.Empty(set.Warnings);
    }

    [Fact]
    public void Without_a_section_the_profile_holds() => Assert.Equal((null, null), (Accepted(Web).Translations[0].Profile, Accepted(Web).SourceNats[0].Profile));

    [Fact]
    public void What_the_section_does_not_say_is_as_the_default_profile_says()
    {
        ConfigSet set = Accepted("cnat { session-max-age 600 }" + Web, """
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: default }
            spec: { ports: "2000-3000", mssClamp: 1360, timers: { udp: 7m, tcpEstablished: 3h } }
            """);
        NatProfileDocument profile = set.ProfileNamed(set.Translations[0].Profile);
        Assert.Equal((2000, 1360, 10.0, 3.0), ((int)profile.Ports.First, profile.MssClamp, profile.Timers.Udp?.TotalMinutes, profile.Timers.TcpEstablished?.TotalHours));
        Assert.Equal(7.0, set.DefaultProfile.Timers.Udp?.TotalMinutes);
    }

    [Fact]
    public void A_field_of_the_default_profile_without_effect_is_said_once()
    {
        LoadResult result = ConfigLoader.LoadTexts(
            [("t.cnat", "cnat { session-max-age 600 }"), ("t.yaml", "apiVersion: sluice.dev/v1alpha1\nkind: NatProfile\nmetadata: { name: default }\nspec: { mssClamp: 1360 }")]);
        Assert.NotNull(result.Set);
        Assert.Equal("t.yaml", Assert.Single(result.Problems).Place.File);
    }

    [Fact]
    public void A_section_goes_over_lines_and_its_keys_are_all_known()
    {
        ConfigSet set = Accepted("""
            cnat {                      # startup
              session-max-age 300
              session-max 16777216
              session-max-per-vrf 1000
              session-log2-pool-size 16
              session-max-port-retries 100
              session-cleanup-timeout 1.0
              scanner on
              maglev-len 1009
              translation-db-buckets 1024 translation-db-memory 256K
              client-db-buckets 1024 client-db-memory 256K
              snat-db-buckets 1024 snat-db-memory 64K
              snat-if-map-len 4096
              session-db-buckets 1024 session-db-memory 64M
            }
            cnat translation add vip 30.0.0.2 80 maglev
            cnat translation add vip 30.0.0.2 81
            """);
        Assert.Equal([1009, TranslationDocument.DefaultTableSize], set.Translations.Select(translation => translation.TableSize));
        Assert.Equal(15, set.Warnings.Length);
        Assert.All(set.Warnings, warning => Assert.Equal(ConfigRule.Ignored, warning.Rule));
        Assert.Equal((14, 27), (set.Warnings[^1].Place.Line, set.Warnings[^1].Place.Column));
    }

    [Theory]
    [InlineData("cnat { session-max-age }", 1, 24, "expected a number of seconds: a whole number from 1 to 1728000; found '}'")]
    [InlineData("cnat { session-max-age 0 }", 1, 24, "expected a number of seconds: a whole number from 1 to 1728000; found '0'")]
    [InlineData("cnat { session-max-ago 5 }", 1, 8, "'session-max-ago' is not known here; did you mean 'session-max-age'?")]
    [InlineData("cnat { scanner maybe }", 1, 16, "'maybe' is not known here; known here: on, off")]
    [InlineData("cnat {\n maglev-len 1000 }", 2, 13, "a Maglev table has a prime number of slots; the next one is 1009")]
    [InlineData("cnat { session-max 16777217 }", 1, 20, "expected a count of sessions: a whole number from 1 to 16777216; found '16777217'")]
    [InlineData("cnat { session-max-age 300 session-max-age 300 }", 1, 28, "'session-max-age' is given twice")]
    [InlineData("cnat { session-max-age 300\ncnat translation add vip 30.0.0.2", 1, 6, "this '{' has no '}'")]
    [InlineData("cnat { session-max-age 300 } cnat", 1, 30, "expected the end of the command; found 'cnat'")]
    [InlineData("cnat { snat-db-memory lots }", 1, 23, "expected the value of 'snat-db-memory', a number; found 'lots'")]
    public void A_section_is_refused_at_its_word(string commands, int line, int column, string message)
    {
        ConfigError error = Error(commands);
        Assert.Equal((line, column, message), (error.Place.Line, error.Place.Column, error.Message));
    }
}
