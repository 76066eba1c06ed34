using Sluice.Config.Commands;
using Xunit;

namespace Sluice.Config.Tests.Commands;

/// <summary>The grammar itself says what may come next.</summary>
public class CommandCompletionTests
{
    [Theory]
    [InlineData("", "cnat set show test")]
    [InlineData("cn", "cnat")]
    [InlineData("cnat ", "translation snat show client purge log")]
    [InlineData("cnat tr", "translation")]
    [InlineData("c tr ", "add del proto vip real")]
    [InlineData("cnat translation add ", "proto vip real")]
    [InlineData("cnat translation add proto ", "TCP UDP SCTP")]
    [InlineData("cnat translation add proto T", "TCP")]
    [InlineData("cnat translation add vip ", "lan0 tap0")]
    [InlineData("cnat translation add vip 30.0.0.2 ", "proto to noclient default maglev id")]
    [InlineData("cnat translation add vip 30.0.0.2 80 m", "maglev")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ", "")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->l", "->lan0")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ->20.0.0.1 8080 ", "proto to noclient default maglev id")]
    [InlineData("cnat translation del ", "0 7")]
    [InlineData("show cnat ", "translation session timestamp client snat-policy feature-hooks")]
    [InlineData("show cnat translation ", "0 7")]
    [InlineData("show cnat session verbose 1 ", "verbose return ip port proto ref max fib")]
    [InlineData("show cnat session proto I", "ICMP ICMP6")]
    [InlineData("set cnat ", "feature snat-policy")]
    [InlineData("set cnat feature t", "tap0")]
    [InlineData("set cnat feature tap0 ", "enable disable")]
    [InlineData("set cnat snat-policy ", "addr if prefix none if-pfx k8s dnat dnat-only")]
    [InlineData("set cnat snat-policy addr ", "lan0 tap0")]
    [InlineData("set cnat snat-policy if table ", "include-v4 include-v6 k8s host")]
    [InlineData("set cnat snat-policy if ", "del table lan0 tap0")]
    [InlineData("set cnat snat-policy prefix 10.0.0.0/8 ", "del add src rw")]
    [InlineData("set interface feature tap0 ip4", "ip4-cnat-snat")]
    [InlineData("set interface feature tap0 cnat-snat-ip4 ", "arc enable disable")]
    [InlineData("cnat snat ", "with exclude")]
    [InlineData("cnat log ", "enable disable ip")]
    [InlineData("cnat { session-max-a", "session-max-age")]
    [InlineData("test cnat scanner ", "on off")]
    [InlineData("show cnat banana ", "")]
    public void What_may_stand_next_is_known(string text, string words) =>
        Assert.Equal(words, string.Join(' ', CommandCompletion.At(text, ["lan0", "tap0"], ["0", "7"]).Words));

    [Theory]
    [InlineData("cnat translation add vip ", "an address")]
    [InlineData("cnat translation add vip 30.0.0.2 ", "a port, 0 to 65535")]
    [InlineData("cnat translation add vip 30.0.0.2 80 ", "")]
    [InlineData("cnat translation add vip 30.0.0.2 80 to ", "SOURCE->DESTINATION or ->DESTINATION")]
    [InlineData("show cnat session port ", "a port, a number")]
    [InlineData("show cnat session ip 1", "an address|an IP address")]
    [InlineData("set cnat snat-policy prefix ", "a prefix such as 10.0.0.0/24")]
    public void What_has_no_words_is_said(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', CommandCompletion.At(text, [], []).Expected));

    [Fact]
    public void The_word_that_is_being_written_is_found() => Assert.Equal(5, CommandCompletion.At("cnat trans", [], []).Start);
}
