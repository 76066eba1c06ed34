using Xunit;

namespace Sluice.Config.Tests.Validation;

/// <summary>Virtual IPs are judged against each other and against the links.</summary>
public class TranslationRulesTests
{
    private const string Gateway = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: lan, driver: tun, addresses: [10.0.0.1/24, "fd00::1/64"] }
            - { name: wan, driver: tun }
        """;

    [Theory]
    [InlineData("cnat translation add real lan 80\ncnat translation add real 10.0.0.1 80", "'cnat-0' translates the same address (10.0.0.1, which is that of link 'lan'), protocol and port")]
    [InlineData("cnat translation add real fd00::1 80\ncnat translation add real lan v6 80", "'cnat-0' translates the same address (fd00::1, which is that of link 'lan'), protocol and port")]
    [InlineData("cnat translation add real lan 80\ncnat translation add real lan 80", "'cnat-0' translates the same address, protocol and port")]
    [InlineData("cnat translation add real wan 80\ncnat translation add real wan 80", "'cnat-0' translates the same address, protocol and port")]
    public void The_address_of_a_link_and_that_address_itself_are_one(string commands, string message)
    {
        LoadResult result = Load(commands);
        ConfigError error = Assert.Single(result.Problems, static problem => problem.IsError);
        Assert.Equal((ConfigRule.DuplicateAddress, message, 2), (error.Rule, error.Message, error.Place.Line));
    }

    [Theory]
    [InlineData("cnat translation add real lan 80\ncnat translation add real lan v6 80")]
    [InlineData("cnat translation add real lan 80\ncnat translation add real 10.0.0.1 81")]
    [InlineData("cnat translation add real lan 80\ncnat translation add proto UDP real 10.0.0.1 80")]
    [InlineData("cnat translation add real wan 80\ncnat translation add real 10.0.0.1 80")]
    public void What_differs_in_family_port_protocol_or_link_is_two(string commands) => Assert.Empty(Load(commands).Errors());

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("169.254.20.10", true)]
    [InlineData("fe80::10", true)]
    [InlineData("192.0.2.1", true)]
    public void A_virtual_IP_has_an_address_that_packets_can_be_sent_to(string address, bool isAccepted)
    {
        ConfigError[] problems = [.. Load($"cnat translation add vip {address} 80").Problems];
        if (isAccepted) Assert.Empty(problems);
        else Assert.Equal([$"t.cnat:1:26: SpecialUsePrefix: Translation 'cnat-0': {address} is no address that a virtual IP can have"], problems.Select(static problem => problem.ToString()));
    }

    [Theory]
    [InlineData("cnat translation add vip 30.0.0.2 80 to 10.0.0.1 7->20.0.0.1 80", "port 7 of 10.0.0.1 is the host's: without a port the host and the sessions share the address")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to lan 7->20.0.0.1 80", "port 7 of an address of link 'lan' is the host's: without a port the host and the sessions share the address")]
    public void A_port_of_the_host_as_source_is_warned_of(string commands, string message)
    {
        ConfigError warning = Assert.Single(Load(commands).Problems);
        Assert.Equal((false, message), (warning.IsError, warning.Message));
        Assert.Empty(Load("cnat translation add vip 30.0.0.2 80 to 10.0.0.9 7->20.0.0.1 80").Problems);
        Assert.Empty(Load("cnat translation add vip 30.0.0.2 80 to 10.0.0.1->20.0.0.1 80").Problems);
    }

    [Fact]
    public void A_translation_without_client_acts_on_every_link_and_says_so_where_features_say_otherwise()
    {
        const string Clientless = "cnat translation add vip 30.0.0.2 80 noclient\n";
        ConfigError notice = Assert.Single(Load(Clientless + "set cnat feature lan").Problems);
        Assert.Equal((false, 1, "'noclient' translates on every link, on 'wan' too, which has no feature: features are for source NAT alone"), (notice.IsError, notice.Place.Line, notice.Message));
        Assert.Empty(Load(Clientless).Problems);
        Assert.Empty(Load(Clientless + "set cnat feature lan\nset cnat feature wan").Problems);
    }

    private static LoadResult Load(string commands) => ConfigLoader.LoadTexts([("gw.yaml", Gateway), ("t.cnat", commands)]);
}
