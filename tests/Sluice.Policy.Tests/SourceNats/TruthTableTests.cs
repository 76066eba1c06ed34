using Sluice.Policy.Tests.Translations;
using Xunit;

namespace Sluice.Policy.Tests.SourceNats;

/// <summary>The decision of each policy, row by row.</summary>
public class TruthTableTests
{
    private const string Node = "198.51.100.9";

    // Pods behind p1 (masqueraded) and p2, the node itself behind tap0; 10.0.0.0/8 is the cluster.
    private const string K8s = $$"""
        addresses: [{{Node}}], policy: k8s, exclude: [10.0.0.0/8], tables: { includeV4: [p1], pod: [p1, p2, tap0], host: [tap0] }
        """;

    [Theory]
    [InlineData("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443", true)]
    [InlineData("p1", "uplink", "10.1.0.5:1000", "10.9.0.7:443", false)]
    [InlineData("p2", "uplink", "10.2.0.5:1000", "203.0.113.7:443", false)]
    [InlineData("p1", "tap0", "10.1.0.5:1000", "203.0.113.7:443", false)]
    [InlineData("uplink", "uplink", "203.0.113.7:1000", "30.0.0.2:80", true)]
    [InlineData("uplink", "p1", "203.0.113.7:1000", "30.0.0.2:80", false)]
    [InlineData("uplink", "uplink", Node + ":1000", "30.0.0.2:80", false)]
    [InlineData("p1", "p1", "10.1.0.7:1000", "30.0.0.2:80", true)]
    [InlineData("p1", "p2", "10.1.0.5:1000", "10.2.0.7:80", false)]
    public void Policy_k8s(string linkIn, string linkOut, string source, string destination, bool isTaken)
    {
        TestPolicy policy = LeavingPolicy.Of(ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", "10.1.0.7:8080"), LeavingPolicy.SourceNat(K8s));
        Assert.Equal(isTaken, policy.Leaves(linkIn, linkOut, source, destination).Contains($"{Node}:*", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p1", "203.0.113.7:443", "tcp", true)]
    [InlineData("p1", "20.0.0.7:443", "tcp", false)]
    [InlineData("p2", "203.0.113.7:443", "tcp", false)]
    [InlineData("p2", "20.0.0.7:443", "tcp", false)]
    public void Policy_if_pfx(string linkIn, string destination, string protocol, bool isTaken)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Node}], policy: if-pfx, exclude: [20.0.0.0/8], tables: {{ includeV4: [p1] }}"));
        Assert.Equal(isTaken, policy.Leaves(linkIn, "uplink", "10.1.0.5:1000", destination, protocol).Contains($"{Node}:*", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p1", "[2001:db8::7]:443", true)]
    [InlineData("p2", "[2001:db8::7]:443", false)]
    public void Policy_if_pfx_has_a_table_for_each_family(string linkIn, string destination, bool isTaken)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Node}, \"30::1\"], policy: if-pfx, tables: {{ includeV4: [p2], includeV6: [p1] }}"));
        Assert.Equal(isTaken, policy.Leaves(linkIn, "uplink", "[fd01::5]:1000", destination).Contains("30::1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p1", "uplink", "203.0.113.7:443", true)]
    [InlineData("p1", "p1", "203.0.113.7:443", false)]
    [InlineData("p2", "uplink", "203.0.113.7:443", false)]
    [InlineData("p1", "uplink", "20.0.0.7:443", false)]
    [InlineData("p1", "uplink", "20.9.0.7:443", true)]
    [InlineData("p1", "uplink", "20.9.9.7:443", false)]
    public void Policy_none(string linkIn, string linkOut, string destination, bool isTaken)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Node}], links: [p1], exclude: [20.0.0.0/8, 20.9.9.0/24], include: [20.9.0.0/16]"));
        Assert.Equal(isTaken, policy.Leaves(linkIn, linkOut, "10.1.0.5:1000", destination).Contains($"{Node}:*", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dnat", "10.1.0.5:1000", "172.31.4.7:443", "session a: 198.51.100.9:* > 20.5.4.7:443")]
    [InlineData("dnat", "10.1.0.130:1000", "172.31.4.7:443", "session a: 198.51.100.130:1000 > 20.5.4.7:443")]
    [InlineData("dnat", "10.1.0.5:1000", "203.0.113.7:443", "session a: 198.51.100.9:* > 203.0.113.7:443")]
    [InlineData("dnat", "10.1.0.130:1000", "203.0.113.7:443", "session a: 198.51.100.130:1000 > 203.0.113.7:443")]
    [InlineData("dnat-only", "10.1.0.5:1000", "172.31.4.7:443", "session a: 10.1.0.5:1000 > 20.5.4.7:443")]
    [InlineData("dnat-only", "10.1.0.130:1000", "172.31.4.7:443", "session a: 198.51.100.130:1000 > 20.5.4.7:443")]
    [InlineData("dnat-only", "10.1.0.5:1000", "203.0.113.7:443", "route a")]
    [InlineData("dnat-only", "10.1.0.130:1000", "203.0.113.7:443", "session a: 198.51.100.130:1000 > 203.0.113.7:443")]
    [InlineData("dnat-only", "10.1.0.5:1000", "172.31.9.7:443", "session a: 10.1.0.5:1000 > 20.7.0.7:443")]
    public void Policies_dnat_and_dnat_only(string kind, string source, string destination, string leaves)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($$"""
            addresses: [{{Node}}], links: [p1], policy: {{kind}}, rewrites: [{ prefix: 172.31.0.0/16, to: 20.5.9.9 }, { prefix: 172.31.9.0/24, to: 20.7.0.0 }, { prefix: 10.1.0.128/25, to: 198.51.100.128, match: source }]
            """));
        Assert.Equal(leaves, policy.Leaves("p1", "uplink", source, destination));
    }

    [Theory]
    [InlineData("none", "p1", "p1", false)]
    [InlineData("if-pfx", "p1", "p1", true)]
    [InlineData("none", "p1", "p2", true)]
    public void What_goes_back_by_its_own_link_is_covered_where_a_table_says_so(string kind, string linkIn, string linkOut, bool isTaken)
    {
        TestPolicy policy = LeavingPolicy.Of(
            ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", "10.1.0.7:8080"),
            LeavingPolicy.SourceNat($"addresses: [{Node}], policy: {kind}, tables: {{ includeV4: [p1] }}"));
        Assert.Equal(isTaken, policy.Leaves(linkIn, linkOut, "10.1.0.5:1000", "30.0.0.2:80").Contains($"{Node}:*", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_covered_by_an_empty_list_of_links() =>
        Assert.Equal("route a", LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Node}], links: []")).Leaves("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443"));
}
