using Sluice.Gateway.Explain;
using Sluice.Gateway.Tests.Composition;
using Sluice.Gateway.Views;
using Xunit;

namespace Sluice.Gateway.Tests.Explain;

/// <summary>What is said of the source of a packet that leaves.</summary>
public sealed class LeaveExplainTests
{
    [Theory]
    [InlineData("links: [a], addresses: [203.0.113.1]", "10.0.1.2:40000 leaves under leaving: it becomes 203.0.113.1, port 40000 where it is free")]
    [InlineData("links: [a], addresses: [203.0.113.0/30]", "10.0.1.2:40000 leaves under leaving: it becomes one of 203.0.113.0-203.0.113.3, port 40000 where it is free")]
    [InlineData("links: [b], addresses: [203.0.113.1]", "leaving does not list link a for IPv4")]
    [InlineData("addresses: [203.0.113.1], exclude: [20.0.0.0/8]", "leaving excludes 20.0.0.1")]
    [InlineData("addresses: [\"30::1\"]", "10.0.1.2:40000 leaves under leaving: no address of IPv4 is known that it could have")]
    [InlineData("addresses: [203.0.113.1], policy: if-pfx", "leaving has no line that takes its source")]
    public void It_says_which_policy_covers_it_or_why_none_does(string policy, string says)
    {
        using var web = new WebGateway(WebGateway.Web("", "20.0.0.1") + Policy(policy));
        StageView stage = Stage(web, "10.0.1.2:40000", "30.0.0.2:80");
        Assert.Equal([says], stage.Says);
        Assert.StartsWith("gw.yaml:", Assert.Single(stage.Because).Place, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_that_a_flow_is_remembered_for_its_answers()
    {
        using var web = new WebGateway(WebGateway.Web("", "20.0.0.1") + Policy("links: [b], addresses: [203.0.113.1]"));
        Assert.Equal(
            ["leaving does not list link a for IPv4", "it is remembered untranslated, so that what answers it is told from other packets"],
            Stage(web, "10.0.1.2:40000", "20.0.0.9:22").Says);
    }

    private static string Policy(string spec) => $$"""

        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { {{spec}} }
        """;

    private static StageView Stage(WebGateway web, string source, string destination)
    {
        Assert.True(new Explainer(web.Gateway).TryExplain(new ExplainQuestion("a", "tcp", source, destination, null), out ExplanationView? view, out string? problem), problem);
        return Assert.Single(view.Stages, static stage => stage.Stage == "source NAT");
    }
}
