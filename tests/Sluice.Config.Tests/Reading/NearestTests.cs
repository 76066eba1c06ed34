using Sluice.Config.Reading;
using Xunit;

namespace Sluice.Config.Tests.Reading;

public class NearestTests
{
    private static readonly string[] Known = ["default", "ips", "as", "nat", "expose", "idleTimeout"];

    [Theory]
    [InlineData("exposes", "expose")]
    [InlineData("Expose", "expose")]
    [InlineData("idletimeout", "idleTimeout")]
    [InlineData("idelTimeout", "idleTimeout")]
    [InlineData("idle_timeout", "idleTimeout")]
    [InlineData("defualt", "default")]
    [InlineData("ip", "ips")]
    public void A_mistyped_word_finds_its_own(string word, string meant) => Assert.Equal(meant, Nearest.Find(word, Known));

    [Theory]
    [InlineData("banana")]
    [InlineData("")]
    public void A_foreign_word_finds_none(string word) => Assert.Null(Nearest.Find(word, Known));

    [Fact]
    public void The_message_names_the_nearest_or_all() =>
        Assert.Equal(
            ["unknown field 'exposes'; did you mean 'expose'?", "unknown field 'banana'; known here: default, ips, as, nat, expose, idleTimeout"],
            new[] { Nearest.UnknownField("exposes", Known), Nearest.UnknownField("banana", Known) });
}
