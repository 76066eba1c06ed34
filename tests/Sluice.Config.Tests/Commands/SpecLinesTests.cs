using Sluice.Config.Commands;
using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

/// <summary>Every line of the 2020 document and of the current command reference, as they are written there.</summary>
public class SpecLinesTests
{
    // Source NAT needs an address, which other lines of the documents give.
    private const string Address = "set cnat snat-policy addr 198.51.100.1 30::1\n";

    [Theory]
    [InlineData("cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1 8080")]
    [InlineData("cnat translation add proto TCP real 30.0.0.2 80 to 1.2.3.4->20.0.0.1 8080")]
    [InlineData("cnat show session verbose")]
    [InlineData("show cnat session verbose")]
    [InlineData("cant show translation")]
    [InlineData("show cnat translation")]
    [InlineData("cnat snat with 30::1")]
    [InlineData("set cnat snat-policy addr 30::1")]
    [InlineData("cnat snat exclude 20::/100")]
    [InlineData("cnat snat exclude 20::/100 del")]
    [InlineData("set cnat snat-policy prefix 20::/100 del")]
    [InlineData("set cnat snat-policy prefix 20::/100")]
    [InlineData("ex_ctl _calico_master cnat snat exclude 10::/100")]
    [InlineData("set interface feature tap0 ip6-cnat-snat arc ip6-unicast")]
    [InlineData("set interface feature tap0 ip4-cnat-snat arc ip4-unicast")]
    [InlineData("set interface feature tap0 cnat-snat-ip6 arc ip6-unicast")]
    [InlineData("show cnat snat")]
    [InlineData("show cnat snat-policy")]
    public void Lines_of_the_old_document_and_what_became_of_them_are_read(string line) => Accepted(Address + line);

    [Theory]
    [InlineData("cnat translation add proto UDP real tap0 v6 53 to 20::9 7->20::1 5353:nonat to ->20::2 noclient maglev")]
    [InlineData("cnat translation del 0")]
    [InlineData("show cnat translation 3")]
    [InlineData("show cnat session verbose 2 return ip 10.0.0.1 port 80 proto TCP ref 2 max 10 fib 0")]
    [InlineData("show cnat timestamp")]
    [InlineData("show cnat timestamp verbose 2")]
    [InlineData("show cnat client")]
    [InlineData("show cnat feature-hooks")]
    [InlineData("cnat client add 10.0.0.0/8 fib 0 fwd-fib 0 return snat exclusive no-client")]
    [InlineData("cnat purge")]
    [InlineData("cnat log enable ip 10.0.0.1")]
    [InlineData("cnat log disable")]
    [InlineData("set cnat feature tap0")]
    [InlineData("set cnat feature tap0 enable")]
    [InlineData("set cnat feature tap0 disable")]
    [InlineData("set cnat snat-policy addr 198.51.100.1 30::1 fib 0 rfib 0")]
    [InlineData("set cnat snat-policy addr tap0")]
    [InlineData("set cnat snat-policy none")]
    [InlineData("set cnat snat-policy if-pfx")]
    [InlineData("set cnat snat-policy k8s fib 0")]
    [InlineData("set cnat snat-policy dnat")]
    [InlineData("set cnat snat-policy dnat-only")]
    [InlineData("set cnat snat-policy if tap0")]
    [InlineData("set cnat snat-policy if table include-v4 tap0")]
    [InlineData("set cnat snat-policy if table include-v6 tap0")]
    [InlineData("set cnat snat-policy if table k8s tap0")]
    [InlineData("set cnat snat-policy if del table host tap0")]
    [InlineData("set cnat snat-policy prefix 10.0.0.0/8")]
    [InlineData("set cnat snat-policy prefix 10.0.0.0/8 src fib 0 rw 192.0.2.0")]
    [InlineData("test cnat scanner on")]
    [InlineData("test cnat scanner off")]
    [InlineData("test cnat maglev tests 1 backends 3 len 1009 change 1 rm 1 verbose 1")]
    public void Lines_of_the_current_generation_are_read(string line) => Accepted(Address + line);

    [Theory]
    [InlineData("cnat tr add vip 30.0.0.2 80 to ->20.0.0.1", "cnat translation add vip 30.0.0.2 80 to ->20.0.0.1")]
    [InlineData("c t vip 30.0.0.2 80", "cnat translation add vip 30.0.0.2 80")]
    [InlineData("se c snat a 30::1\nset c f tap0", "set cnat snat-policy addr 30::1\nset cnat feature tap0")]
    [InlineData("se c s addr 30::1\nset int feat tap0 cnat-snat-ip6 arc ip6-unicast", "set cnat snat-policy addr 30::1\nset interface feature tap0 cnat-snat-ip6 arc ip6-unicast")]
    [InlineData("cnat snat w 30::1\ncnat snat e 20::/100", "set cnat snat-policy addr 30::1\nset cnat snat-policy prefix 20::/100")]
    [InlineData("set cnat snat-policy addr 30::1\nset cnat snat-policy if tap0", "set cnat snat addr 30::1\nset cnat snat if tap0")]
    public void A_word_of_a_command_may_be_cut_to_a_beginning_of_its_own(string cut, string whole) => Assert.Equal(Asked(Accepted(whole)), Asked(Accepted(cut)));

    [Fact]
    public void Both_generations_ask_for_the_same() => Assert.Equal(
        Asked(Accepted("set cnat snat-policy addr 30::1\nset cnat snat-policy prefix 20::/100\nset interface feature tap0 cnat-snat-ip6 arc ip6-unicast")),
        Asked(Accepted("cnat snat with 30::1\ncnat snat exclude 20::/100\nset interface feature tap0 ip6-cnat-snat arc ip6-unicast")));

    [Theory]
    [InlineData("ex_ctl _calico_master cnat translation add vip 30.0.0.2 80", "'ex_ctl NAME' is passed over: it is no part of the command")]
    [InlineData("cant show translation", "'cant' is taken as 'cnat'")]
    [InlineData("cnat client add 10.0.0.0/8", "'cnat client add' has no effect: addresses need no entries of their own")]
    [InlineData("cnat log enable", "'cnat log' has no effect: 'sluice sessions watch' tells of sessions as they begin and end")]
    [InlineData("test cnat scanner on", "'test cnat scanner' has no effect: sessions end when they are due")]
    [InlineData("cnat translation del 7", "no translation above has the id 7")]
    [InlineData("set interface feature tap0 cnat-input-ip4 arc ip4-unicast", "'cnat-input-ip4' has no effect by itself: 'set cnat feature tap0' stands for all of them")]
    public void What_means_nothing_here_is_accepted_with_a_notice(string line, string notice)
    {
        ConfigError warning = Assert.Single(Accepted(line).Warnings);
        Assert.Equal((ConfigRule.Ignored, notice, 1), (warning.Rule, warning.Message, warning.Place.Line));
    }

    [Fact]
    public void Questions_are_kept_with_their_places()
    {
        ConfigSet set = Accepted("# what is there?\nshow cnat translation\n  show cnat session ip 10.0.0.1 proto udp\ncnat show session verbose\nshow cnat session\nshow cnat snat # an abbreviation\nshow cnat session max 3 fib 0 return");
        Assert.Empty(set.Translations);
        Assert.Equal(
            [(QuestionSubject.Translations, 2, 1), (QuestionSubject.Sessions, 3, 3), (QuestionSubject.Sessions, 4, 1), (QuestionSubject.Sessions, 5, 1), (QuestionSubject.SourceNat, 6, 1), (QuestionSubject.Sessions, 7, 1)],
            set.Questions.Select(question => (question.Subject, question.Place.Line, question.Place.Column)));
        Assert.Equal(("10.0.0.1", (byte)17, 1, 50), (set.Questions[1].Address?.ToString(), set.Questions[1].Protocol, set.Questions[1].Verbosity, set.Questions[1].Max));
        Assert.Equal((1, 0), (set.Questions[2].Verbosity, set.Questions[3].Verbosity));
        Assert.Equal((3, true, 1), (set.Questions[5].Max, set.Questions[5].Return, set.Questions[5].Verbosity));
    }
}
