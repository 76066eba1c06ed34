using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

public class TranslationCommandTests
{
    [Theory]
    [InlineData("30.0.0.2 80", "30.0.0.2", null, "80")]
    [InlineData("30.0.0.2", "30.0.0.2", null, "*")]
    [InlineData("30.0.0.2 0", "30.0.0.2", null, "*")]
    [InlineData("30::2 80", "30::2", null, "80")]
    [InlineData("tap0 v6 80", "::", "tap0", "80")]
    [InlineData("tap0 v6", "::", "tap0", "*")]
    [InlineData("tap0 80", "0.0.0.0", "tap0", "80")]
    [InlineData("tap0", "0.0.0.0", "tap0", "*")]
    [InlineData("5 80", "0.0.0.0", "5", "80")]
    public void A_virtual_end_is_an_address_or_a_link_with_or_without_a_port(string end, string address, string? link, string port)
    {
        TranslationDocument translation = Translation($"cnat translation add real {end}");
        Assert.Equal((address, link, port), (translation.Address.ToString(), translation.AddressOf?.Name, translation.Ports.IsAll ? "*" : translation.Ports.ToString()));
    }

    [Theory]
    [InlineData("->20.0.0.1 8080", "20.0.0.1 port 8080 weight 100")]
    [InlineData("->20.0.0.1", "20.0.0.1 weight 100")]
    [InlineData("->20.0.0.1 0", "20.0.0.1 weight 100")]
    [InlineData("1.2.3.4->20.0.0.1 8080", "20.0.0.1 port 8080 weight 100 source 1.2.3.4 ")]
    [InlineData("1.2.3.4 7->20.0.0.1 8080", "20.0.0.1 port 8080 weight 100 source 1.2.3.4 7")]
    [InlineData("1.2.3.4 0->20.0.0.1 8080", "20.0.0.1 port 8080 weight 100 source 1.2.3.4 ")]
    [InlineData("7->20.0.0.1 8080", "20.0.0.1 port 8080 weight 100 source  7")]
    [InlineData("->8080", "0.0.0.0 port 8080 weight 100")]
    [InlineData("tap0->tap1 8080", "first address of tap1 port 8080 weight 100 source first address of tap0 ")]
    [InlineData("tap0 7->tap-1 8080:nonat", "first address of tap-1 port 8080 weight 100 direct source first address of tap0 7")]
    [InlineData("->20.0.0.1:nonat", "20.0.0.1 weight 100 direct")]
    [InlineData("->20.0.0.1 8080:nonat", "20.0.0.1 port 8080 weight 100 direct")]
    [InlineData("->20.0.0.1 to ->20.0.0.2", "20.0.0.1 weight 100, 20.0.0.2 weight 100")]
    [InlineData("->20.0.0.1 80 to ->20.0.0.2 to ->20.0.0.1 80 to ->20.0.0.1 80", "20.0.0.1 port 80 weight 300, 20.0.0.2 weight 100")]
    public void A_backend_is_a_pair_of_ends(string tuple, string backends) =>
        Assert.Contains($"backends {backends}", Asked(Accepted($"cnat translation add vip 30.0.0.2 80 to {tuple}"))[0] + "|", StringComparison.Ordinal);

    [Fact]
    public void IPv6_ends_need_no_brackets()
    {
        TranslationDocument translation = Translation("cnat translation add vip 30::2 80 to 1::4 9->20::1 8080:nonat to tap0 v6->tap1 v6 81:nonat to ->20::1:nonat");
        Assert.Equal(("1::4", (ushort)9, "20::1", new PortRange(8080, 8080), true),
            (translation.Backends[0].SourceAddress?.ToString(), translation.Backends[0].SourcePort, translation.Backends[0].Address.ToString(), translation.Backends[0].Ports, translation.Backends[0].Direct));
        Assert.Equal(("tap0", "tap1", true), (translation.Backends[1].SourceAddressOf?.Name, translation.Backends[1].AddressOf?.Name, translation.Backends[1].Direct));
        Assert.Equal(("20::1", null, true), (translation.Backends[2].Address.ToString(), translation.Backends[2].Ports, translation.Backends[2].Direct));
    }

    [Fact]
    public void What_isn_t_said_is_vip_TCP_and_the_default_choice()
    {
        TranslationDocument translation = Translation("cnat translation add vip 30.0.0.2 80");
        Assert.Equal(("default", (byte)6, false, false, false, null), (translation.Realm, translation.Protocol, translation.IsReal, translation.Maglev, translation.NoClient, translation.Profile));
        Assert.Empty(translation.Backends);
    }

    [Theory]
    [InlineData("TCP", 6)]
    [InlineData("tcp", 6)]
    [InlineData("UDP", 17)]
    [InlineData("17", 17)]
    [InlineData("sctp", 132)]
    public void A_protocol_goes_by_name_or_number(string name, byte number) => Assert.Equal(number, Translation($"cnat translation add proto {name} vip 30.0.0.2 80").Protocol);

    [Fact]
    public void The_parts_of_a_line_stand_in_any_order() => Assert.Equal(
        Asked(Accepted("cnat translation add proto UDP vip 30.0.0.2 80 to ->20.0.0.1 8080 noclient maglev")),
        Asked(Accepted("cnat translation maglev noclient to ->20.0.0.1 8080 vip 30.0.0.2 80 proto UDP add")));

    [Fact]
    public void Ids_count_up_from_0_and_are_not_used_again()
    {
        ConfigSet set = Accepted("""
            cnat translation add vip 30.0.0.2 80 to ->20.0.0.1 8080
            cnat translation add vip 30.0.0.2 81 to ->20.0.0.1 8081
            cnat translation del 0
            cnat translation del 0
            cnat translation add vip 30.0.0.2 82 to ->20.0.0.1 8082
            cnat translation add vip 30.0.0.2 80 to ->20.0.0.1 8083
            """);
        Assert.Equal([("cnat-1", 81, 2), ("cnat-2", 82, 5), ("cnat-3", 80, 6)], set.Translations.Select(translation => (translation.Name, (int)translation.Ports.First, translation.Place.Line)));
    }

    [Fact]
    public void Purge_takes_back_what_stands_above_it() =>
        Assert.Equal(["cnat-1"], Accepted("cnat translation add vip 30.0.0.2 80\ncnat purge\ncnat translation add vip 30.0.0.2 81").Translations.Select(translation => translation.Name));

    [Fact]
    public void Several_files_of_commands_are_one_state()
    {
        LoadResult result = ConfigLoader.LoadTexts(
            [("a.cnat", "cnat translation add vip 30.0.0.2 80\nset cnat snat-policy prefix 10.0.0.0/8"), ("b.CNAT", "cnat translation add vip 30.0.0.2 81\ncnat snat with 198.51.100.1\nset cnat feature tap0")],
            allowUnsupported: true);
        Assert.NotNull(result.Set);
        Assert.Equal(["cnat-0", "cnat-1"], result.Set.Translations.Select(translation => translation.Name));
        Assert.Single(Assert.Single(result.Set.SourceNats).Exclude);
    }
}
