using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Policy.Tests;

/// <summary>A thousand peerings: right answers, and nothing allocated for any of them.</summary>
public class ManyPeeringsTests
{
    private const int Count = 1000;

    // The realm "a" is the hub; tenant i masquerades 10.0.0.0/16, the same range for all, to 100.64.(i/256).(i%256), and the hub shows it 172.(16..)/24.
    private static TestPolicy Star()
    {
        string[] peerings =
        [
            .. Enumerable.Range(0, Count).Select(static i =>
                TestPolicy.End($"t{i}", TestPolicy.Masquerade("10.0.0.0/16", $"100.64.{i / 256}.{i % 256}/32")) + ", " +
                TestPolicy.End("a", TestPolicy.Plain($"172.{16 + i / 256}.{i % 256}.0/24"))),
        ];
        string realms = string.Concat(Enumerable.Range(0, Count).Select(static i => $"---\napiVersion: gateway.githedgehog.com/v1alpha1\nkind: VPCInfo\nmetadata: {{ name: t{i} }}\nspec: {{ vni: {5000 + i} }}\n"));
        return TestPolicy.Of(peerings, others: realms);
    }

    [Fact]
    public void A_thousand_peerings_are_decided_without_allocating()
    {
        TestPolicy policy = Star();
        Assert.Equal(Count, policy.Policy.Pools.Length);
        var packets = new FirstPacket[2 * Count];
        for (int i = 0; i < Count; i++)
        {
            packets[2 * i] = policy.Packet($"t{i}", "10.0.3.4", $"172.{16 + i / 256}.{i % 256}.9");
            packets[2 * i + 1] = policy.Packet("a", $"172.{16 + i / 256}.{i % 256}.9", $"100.64.{i / 256}.{i % 256}");
        }

        long wrong = 0;
        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < Count; i++)
            {
                policy.Policy.Prefetch(packets[2 * i].Realm, IpFamily.V4);
                Decision outbound = policy.Policy.Decide(packets[2 * i]);
                Decision inbound = policy.Policy.Decide(packets[2 * i + 1]);
                if (outbound.Kind != DecisionKind.Session || outbound.RealmTo != packets[1].Realm || outbound.SourcePool != i) wrong++;
                if (inbound.Kind != DecisionKind.AskMappings || inbound.RealmTo != packets[1].Realm) wrong++;
            }
        });

        Assert.Equal(0, wrong);
    }
}
