using Sluice.Gateway.Objects;
using Sluice.Packets.Addresses;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Gateway.Tests.Objects;

public class SessionFilterTests
{
    [Theory]
    [InlineData("realm", "vpc-1", true)]
    [InlineData("realm", "vpc-2", true)]
    [InlineData("realm", "vpc-3", false)]
    [InlineData("realm", "vpc-3,vpc-2", true)]
    [InlineData("from", "vpc-1", true)]
    [InlineData("from", "vpc-2", false)]
    [InlineData("to", "vpc-2", true)]
    [InlineData("to", "vpc-1", false)]
    [InlineData("address", "10.0.0.2", true)]
    [InlineData("address", "10.0.0.0/24", true)]
    [InlineData("address", "10.0.0.9/24", true)]
    [InlineData("address", "192.0.2.7", true)]
    [InlineData("address", "203.0.113.1", true)]
    [InlineData("address", "172.16.0.80", true)]
    [InlineData("address", "10.0.1.0/24", false)]
    [InlineData("address", "::/0", false)]
    [InlineData("address", "0.0.0.0/0", true)]
    [InlineData("port", "5000", true)]
    [InlineData("port", "1024", true)]
    [InlineData("port", "80", true)]
    [InlineData("port", "8080", true)]
    [InlineData("port", "8000-8099", true)]
    [InlineData("port", "1-79", false)]
    [InlineData("port", "22,80", true)]
    [InlineData("public", "203.0.113.1", true)]
    [InlineData("public", "203.0.113.1:1024", true)]
    [InlineData("public", "203.0.113.1:1025", false)]
    [InlineData("public", "203.0.113.0/24", true)]
    [InlineData("public", "192.0.2.7:80", true)]
    [InlineData("public", "10.0.0.2:5000", false)]
    [InlineData("public", "172.16.0.80:8080", false)]
    [InlineData("protocol", "tcp", true)]
    [InlineData("protocol", "TCP", true)]
    [InlineData("protocol", "6", true)]
    [InlineData("protocol", "udp", false)]
    [InlineData("protocol", "udp,tcp", true)]
    [InlineData("state", "established", true)]
    [InlineData("state", "halfOpen", false)]
    [InlineData("state", "closing,Established", true)]
    [InlineData("state", "open", false)]
    [InlineData("number", "17", true)]
    [InlineData("number", "16,18", false)]
    [InlineData("peering", "web", true)]
    [InlineData("peering", "we", false)]
    [InlineData("translation", "web", false)]
    [InlineData("rule", "masquerade", true)]
    [InlineData("rule", "web, vpc-1", true)]
    [InlineData("rule", "static", false)]
    [InlineData("older-than", "1m", true)]
    [InlineData("older-than", "1m30s", false)]
    [InlineData("newer-than", "2m", true)]
    [InlineData("newer-than", "90s", false)]
    [InlineData("idle", "2s", true)]
    [InlineData("idle", "2001ms", false)]
    [InlineData("text", "0.113.1:10", true)]
    [InlineData("text", "ESTABLISHED", true)]
    [InlineData("text", "udp", false)]
    public void A_condition_admits_what_it_says(string key, string value, bool admitted) =>
        Assert.Equal(admitted, Read(new SessionTerm(key, value)).Admits(Both));

    [Theory]
    [InlineData("public", "[2001:db8::9]:443", true)]
    [InlineData("public", "2001:db8::/32", true)]
    [InlineData("public", "[2001:db8::9]:80", false)]
    [InlineData("address", "fd00::/8", true)]
    public void Addresses_of_version_6_are_read_too(string key, string value, bool admitted)
    {
        SessionFacts facts = Both with
        {
            Session = Both.Session with
            {
                Original = new FlowParts(1, 17, IpAddress.Parse("fd00::2"), 5000, IpAddress.Parse("fd00::80"), 53),
                Reply = new FlowParts(2, 17, IpAddress.Parse("fd00::80"), 53, IpAddress.Parse("2001:db8::9"), 443),
            },
        };

        Assert.Equal(admitted, Read(new SessionTerm(key, value)).Admits(facts));
    }

    [Theory]
    [InlineData("translation shop", true)]
    [InlineData("translation shop, backend 2", true)]
    [InlineData("translation shopping", false)]
    [InlineData("peering shop, default", false)]
    public void A_session_is_chosen_by_the_translation_that_it_lives_by(string rule, bool admitted) =>
        Assert.Equal(admitted, Read(new SessionTerm("translation", "shop")).Admits(Both with { Rule = rule }));

    [Fact]
    public void Conditions_add_up()
    {
        Assert.True(Read(new("address", "10.0.0.2"), new("address", "192.0.2.7"), new("port", "80")).Admits(Both));
        Assert.False(Read(new("address", "10.0.0.2"), new("port", "81")).Admits(Both));
        Assert.True(Read().Admits(Both));
        Assert.True(Read().IsEverything);
    }

    [Fact]
    public void A_condition_of_another_kind_composes_with_those_that_were_read()
    {
        SessionFilter busy = Read(new SessionTerm("protocol", "tcp")).And(static (in SessionFacts s) => s.Bytes > 1000);

        Assert.True(busy.Admits(Both));
        Assert.False(busy.Admits(Both with { Session = Both.Session with { OriginalBytes = 0 } }));
    }

    [Theory]
    [InlineData("color", "red", "aren't chosen by 'color'; there are: realm, from, to, address")]
    [InlineData("address", "10.0.0", "--address is an address or a prefix, such as 10.0.0.7 or 10.0.0.0/24, not '10.0.0'")]
    [InlineData("address", "10.0.0.0/33", "not '10.0.0.0/33'")]
    [InlineData("address", "10.0.0.1,", "not ''")]
    [InlineData("port", "70000", "a port or a range")]
    [InlineData("port", "90-80", "not '90-80'")]
    [InlineData("public", "203.0.113.1:http", "203.0.113.1:1024")]
    [InlineData("protocol", "quic", "tcp, udp, icmp")]
    [InlineData("state", "open-ish", "halfOpen, established or closing")]
    [InlineData("number", "first", "such as 17")]
    [InlineData("older-than", "5", "5m")]
    [InlineData("idle", "", "a duration")]
    public void What_makes_no_sense_is_answered_with_what_would(string key, string value, string expected)
    {
        Assert.False(SessionFilter.TryRead([new SessionTerm(key, value)], out _, out string? problem));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("number", "1,2,3")]
    [InlineData("age", "2,1,3")]
    [InlineData("idle", "3,1,2")]
    [InlineData("ends", "3,1,2")]
    [InlineData("bytes", "1,3,2")]
    [InlineData("packets", "2,3,1")]
    public void What_is_sorted_has_the_first_ones_only(string order, string expected)
    {
        SessionFacts[] three =
        [
            Numbered(2, age: 9, idle: 1, bytes: 1, packets: 9),
            Numbered(1, age: 5, idle: 5, bytes: 9, packets: 1),
            Numbered(3, age: 1, idle: 9, bytes: 5, packets: 5),
        ];
        Assert.True(SessionQuery.TryOrder(order, out SessionOrder by));
        var query = new SessionQuery(SessionFilter.Everything, by);

        string[] wanted = expected.Split(',');
        Assert.Equal(wanted, query.Of(three).Select(static s => $"{s.Session.Number}"));
        Assert.Equal(wanted[..2], (query with { Max = 2 }).Of(three).Select(static s => $"{s.Session.Number}"));
        Assert.Empty((query with { Max = 0 }).Of(three));
    }

    /// <summary>10.0.0.2:5000 speaks to 192.0.2.7:80, is seen as 203.0.113.1:1024, and reaches 172.16.0.80:8080.</summary>
    private static SessionFacts Both => new(
        new SessionView
        {
            Number = 17,
            State = SessionStateName.Established,
            Original = new FlowParts(1, 6, IpAddress.Parse("10.0.0.2"), 5000, IpAddress.Parse("192.0.2.7"), 80),
            Reply = new FlowParts(2, 6, IpAddress.Parse("172.16.0.80"), 8080, IpAddress.Parse("203.0.113.1"), 1024),
            RealmTo = 2,
            AgeMilliseconds = 90_000,
            IdleMilliseconds = 2000,
            IdleLimitMilliseconds = 7_440_000,
            OriginalBytes = 2000,
        },
        "vpc-1",
        "vpc-2",
        "peering web, vpc-1 expose 1 (masquerade)");

    private static SessionFacts Numbered(ulong number, uint age, uint idle, ulong bytes, ulong packets) => Both with
    {
        Session = Both.Session with { Number = number, AgeMilliseconds = age, IdleMilliseconds = idle, RemainingMilliseconds = 10 - idle, OriginalBytes = bytes, ReplyPackets = packets },
    };

    private static SessionFilter Read(params SessionTerm[] terms)
    {
        Assert.True(SessionFilter.TryRead(terms, out SessionFilter? filter, out string? problem), problem);
        return filter;
    }
}
