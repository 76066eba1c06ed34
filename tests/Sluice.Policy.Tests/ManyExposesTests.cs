using System.Globalization;
using System.Text;
using Sluice.Packets.Tests;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>Very many exposes that overlap: right answers, nothing allocated for any of them, and a table that grows as they do.</summary>
public class ManyExposesTests
{
    private const int Hosts = 2000;

    // One masquerade over everything, and a forward of one port for each of many hosts on one of 250 public addresses.
    private static TestPolicy Many()
    {
        var exposes = new StringBuilder(Masquerade("10.0.0.0/8", "203.0.113.0/24"));
        for (int i = 0; i < Hosts; i++)
            exposes.Append(CultureInfo.InvariantCulture, $", {Forward($"10.1.{i / 250}.{i % 250}/32", $"203.0.113.{i % 250}/32", $"tcp {3000 + i / 250}>22")}");
        return Of([End("a", exposes.ToString()) + ", " + End("b", Plain("10.200.0.0/24"))]);
    }

    [Fact]
    public void Each_forward_is_found_from_both_sides_without_allocating()
    {
        TestPolicy policy = Many();
        var inbound = new FirstPacket[Hosts];
        var outbound = new FirstPacket[Hosts];
        for (int i = 0; i < Hosts; i++)
        {
            inbound[i] = policy.Packet("b", "10.200.0.5:1", $"203.0.113.{i % 250}:{3000 + i / 250}", "tcp");
            outbound[i] = policy.Packet("a", $"10.1.{i / 250}.{i % 250}:22", "10.200.0.5:1", "tcp");
        }

        int wrong = 0;
        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < Hosts; i++)
            {
                Decision decision = policy.Policy.Decide(inbound[i]);
                if (decision.Kind != DecisionKind.Session || decision.Destination != outbound[i].Source || decision.DestinationPort != 22) wrong++;
                decision = policy.Policy.Decide(outbound[i]);
                if (decision.Kind != DecisionKind.Session || decision.Source != inbound[i].Destination || decision.SourcePort != inbound[i].DestinationPort) wrong++;
            }
        });

        Assert.Equal(0, wrong);
        Assert.Equal("ask b", policy.Translate("b", "10.200.0.5:1", "203.0.113.7:3008", "tcp"));
        Assert.Equal("ask b", policy.Translate("b", "10.200.0.5:1", "203.0.113.251:3000", "tcp"));
    }
}
