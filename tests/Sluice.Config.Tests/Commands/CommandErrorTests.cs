using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

/// <summary>An error names the word, what is expected there, and the nearest known word.</summary>
public class CommandErrorTests
{
    [Theory]
    [InlineData("cnta translation add", 1, 1, "'cnta' is not known here; did you mean 'cnat'?")]
    [InlineData("banana", 1, 1, "'banana' is not known here; known here: cnat, set, show, test")]
    [InlineData("s cnat translation", 1, 1, "'s' is the beginning of 'set' and of 'show'")]
    [InlineData("cnat", 1, 5, "the command ends where one of translation, snat, show, client, purge, log is expected")]
    [InlineData("cnat translatoin add vip 30.0.0.2", 1, 6, "'translatoin' is not known here; did you mean 'translation'?")]
    [InlineData("# a comment\n\n  cnat translation ad vip 30.0.0.2", 3, 20, "'ad' is not known here; did you mean 'add'?")]
    [InlineData("cnat translation add", 1, 21, "the command ends where 'vip' or 'real' with an address is expected")]
    [InlineData("cnat translation add vip", 1, 22, "expected an address, a link or a port behind it")]
    [InlineData("cnat translation add vip 80", 1, 26, "a virtual IP has an address or a link, not a port alone")]
    [InlineData("cnat translation add vip 0.0.0.0 80", 1, 26, "0.0.0.0 is no address that packets have")]
    [InlineData("cnat translation add vip 30.0.0.300 80", 1, 26, "expected an IP address; found '30.0.0.300'")]
    [InlineData("cnat translation add vip 30.0.0.0/24 80", 1, 26, "expected an IP address; found '30.0.0.0/24'")]
    [InlineData("cnat translation add vip 30.0.0.2 65536", 1, 35, "expected a port, 0 to 65535; found '65536'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 81", 1, 38, "expected nothing behind the port; found '81'")]
    [InlineData("cnat translation add vip tap0 v4 80", 1, 31, "expected 'v6' or a port, 0 to 65535; found 'v4'")]
    [InlineData("cnat translation add vip tap/0 80", 1, 26, "expected the name of a link: letters, digits and - _ . : @ only; found 'tap/0'")]
    [InlineData("cnat translation add proto ICMP vip 30.0.0.2", 1, 28, "expected TCP, UDP or SCTP; found 'ICMP'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 real 30.0.0.3 80", 1, 38, "expected one virtual IP a command; found 'real'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to 20.0.0.1 8080", 1, 41, "expected '->DESTINATION' or 'SOURCE->DESTINATION'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to", 1, 38, "expected '->DESTINATION' or 'SOURCE->DESTINATION'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to 1.2.3.4 ->20.0.0.1", 1, 49, "expected no space beside '->'; found '->20.0.0.1'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to 1.2.3.4-> 20.0.0.1", 1, 41, "expected no space beside '->'; found '1.2.3.4->'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to 1.2.3.4->", 1, 41, "expected an address, a link or a port behind it")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to 1.2.3.4->20.0.0.400", 1, 50, "expected an IP address; found '20.0.0.400'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->20.0.0.1 8080 :nonat", 1, 57, "expected nothing behind the port; found ':nonat'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->20.0.0.1->20.0.0.2", 1, 43, "expected the name of a link: letters, digits and - _ . : @ only; found '20.0.0.1->20.0.0.2'")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->20::1", 1, 43, "the families of a virtual IP, its backends and their sources are one")]
    [InlineData("cnat translation add vip 30::2 80 to 1.2.3.4->20::1", 1, 38, "the families of a virtual IP, its backends and their sources are one")]
    [InlineData("cnat translation add vip 30::2 80 to ->tap0", 1, 40, "the families differ: a link alone is IPv4, 'LINK v6' is IPv6")]
    [InlineData("cnat translation add vip 30.0.0.2 to ->20.0.0.1 8080", 1, 49, "a virtual IP without a port has all of them, and its backends keep the port")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->8080:nonat", 1, 38, "packets go unrewritten to a backend with an address: this one has none")]
    [InlineData("cnat translation add vip 30.0.0.2 80 maglv", 1, 38, "'maglv' is not known here; did you mean 'maglev'?")]
    [InlineData("cnat translation add vip 30.0.0.2 80 tp ->20.0.0.1", 1, 38, "'tp' is not known here; did you mean 'to'?")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->20.0.0.1:nonat 8080", 1, 41, "expected ':nonat' right behind the whole end, as in ->20.0.0.1 80:nonat; found '->20.0.0.1:nonat'")]
    [InlineData("cnat translation d 0", 1, 18, "'d' is not known here; known here: add, del, proto, vip, real, to, noclient, default, maglev, id")]
    [InlineData("cnat translation del", 1, 21, "the command ends where the id of a translation, a number is expected")]
    [InlineData("cnat translation del x", 1, 22, "expected the id of a translation: a whole number from 0 to 2147483647; found 'x'")]
    [InlineData("cnat translation del 0 1", 1, 24, "expected the end of the command; found '1'")]
    [InlineData("cnat translation add vip 30.0.0.2 80\ncnat translation add vip 30.0.0.2 80", 2, 26, "'cnat-0' translates the same address, protocol and port")]
    [InlineData("cnat snat with", 1, 15, "the command ends where an address is expected")]
    [InlineData("cnat snat with 30::1/64", 1, 16, "expected an IP address; found '30::1/64'")]
    [InlineData("cnat snat with ::", 1, 16, "expected an address that packets can have; found '::'")]
    [InlineData("cnat snat exclude", 1, 18, "the command ends where a prefix is expected")]
    [InlineData("cnat snat exclude 20::/129", 1, 19, "expected a prefix such as 10.0.0.0/24; found '20::/129'")]
    [InlineData("cnat snat exclude 20::/100 21::/100", 1, 28, "expected the end of the command; found '21::/100'")]
    [InlineData("set cnat snat-policy", 1, 21, "the command ends where one of addr, if, prefix, none, if-pfx, k8s, dnat, dnat-only is expected")]
    [InlineData("set cnat snat-policy k9s", 1, 22, "'k9s' is not known here; did you mean 'k8s'?")]
    [InlineData("set cnat snat-policy k8s fib 3", 1, 26, "commands speak of the realm 'default', which is 'fib 0'; documents of kind SourceNat name others")]
    [InlineData("set cnat snat-policy prefix 10.0.0.0/8 src", 1, 43, "the command ends where 'rw' with an address: only a rewritten prefix is matched as source is expected")]
    [InlineData("set cnat snat-policy prefix 10.0.0.0/8 rw 20::", 1, 43, "10.0.0.0/8 can't be rewritten to 20::: the families differ")]
    [InlineData("set cnat snat-policy prefix rw 20:: 10.0.0.0/8", 1, 37, "10.0.0.0/8 can't be rewritten to 20::: the families differ")]
    [InlineData("set cnat snat-policy if table pods tap0", 1, 31, "'pods' is not known here; known here: include-v4, include-v6, k8s, host")]
    [InlineData("set cnat snat-policy if table host", 1, 35, "the command ends where the name of a link is expected")]
    [InlineData("set cnat feature tap0 enabled", 1, 23, "'enabled' is not known here; did you mean 'enable'?")]
    [InlineData("set interface feature tap0 ip6-cnat-snta arc ip6-unicast", 1, 28, "'ip6-cnat-snta' is not known here; did you mean 'ip6-cnat-snat'?")]
    [InlineData("set interface feature tap0 ip6-cnat-snat arc ip4-unicast", 1, 46, "expected the arc ip6-unicast, where 'ip6-cnat-snat' is; found 'ip4-unicast'")]
    [InlineData("set interface state tap0 up", 1, 15, "'state' is not known here; known here: feature")]
    [InlineData("show cnat sesion", 1, 11, "'sesion' is not known here; did you mean 'session'?")]
    [InlineData("show cnat s", 1, 11, "'s' is the beginning of 'session' and of 'snat-policy'")]
    [InlineData("show cnat session port 70000", 1, 24, "expected a port: a whole number from 0 to 65535; found '70000'")]
    [InlineData("show cnat session fib 1", 1, 23, "commands speak of the realm 'default', which is 'fib 0'; 'sluice sessions list --realm NAME' shows sessions of others")]
    [InlineData("show", 1, 5, "the command ends where 'cnat' is expected")]
    [InlineData("show cnat client all", 1, 18, "expected the end of the command; found 'all'")]
    [InlineData("ex_ctl", 1, 7, "the command ends where a name is expected")]
    [InlineData("}", 1, 1, "'}' is not known here; known here: cnat, set, show, test")]
    public void A_line_is_refused_at_its_word(string commands, int line, int column, string message)
    {
        ConfigError error = Error(commands);
        Assert.Equal(("t.cnat", line, column, message), (error.Place.File, error.Place.Line, error.Place.Column, error.Message));
    }

    [Fact]
    public void A_virtual_IP_has_a_limit_of_backends()
    {
        ConfigError error = Error("cnat translation add vip 30.0.0.2 80" + string.Concat(Enumerable.Repeat(" to ->20.0.0.1", 65_537)));
        Assert.Equal((ConfigRule.TooLarge, 38 + (65_536 * 14)), (error.Rule, error.Place.Column));
    }

    [Fact]
    public void All_lines_that_are_wrong_are_said_at_once() =>
        Assert.Equal([1, 3, 4], Load("cnat foo\ncnat translation add vip 30.0.0.2 80\nset foo\nshow foo").Problems.Select(problem => problem.Place.Line));

    [Fact]
    public void Two_policies_contradict_each_other()
    {
        ConfigError error = Error("cnat snat with 30::1\nset cnat feature tap0\nset cnat snat-policy none\nset cnat snat-policy k8s");
        Assert.Equal((4, 22, 3), (error.Place.Line, error.Place.Column, error.Others[0].Line));
    }

    [Fact]
    public void What_is_wrong_with_a_translation_names_it() =>
        Assert.StartsWith("t.cnat:2:26: DuplicateAddress: Translation 'cnat-1': ", Error("cnat translation add vip 30.0.0.2\ncnat translation add vip 30.0.0.2 80").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Host_bits_are_masked_with_a_warning()
    {
        ConfigSet set = Accepted("cnat snat with 30::1\nset cnat feature tap0\ncnat snat exclude 20::1/100");
        Assert.Equal((ConfigRule.HostBits, 3, 19), (Assert.Single(set.Warnings).Rule, set.Warnings[0].Place.Line, set.Warnings[0].Place.Column));
    }

    [Fact]
    public void Ends_of_lines_and_marks_at_the_beginning_count_for_nothing() =>
        Assert.Equal(2, Accepted("\uFEFFcnat translation add vip 30.0.0.2 80\r\n\r\n\tcnat translation add vip 30.0.0.2 81 # the second\r\n").Translations.Length);
}
