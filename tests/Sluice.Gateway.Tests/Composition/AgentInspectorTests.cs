using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Tests.Replay;
using Sluice.Gateway.Views;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>The gateway's state as a GatewayAgent document.</summary>
public sealed class AgentInspectorTests : IDisposable
{
    private readonly MemorySource source = new();
    private readonly Clock clock = new();
    private readonly ComposedGateway gateway;
    private readonly TrafficSampler sampler;

    public AgentInspectorTests()
    {
        gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1, Time = clock }, source);
        gateway.Apply(ConfigLoader.LoadText("gw.yaml", ReplayBench.Masquerade).Set!);
        sampler = new TrafficSampler(gateway.Engine);
    }

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void Traffic_is_counted_by_the_realm_that_sent_it_and_by_pairs_that_had_some()
    {
        Send("10.0.0.2");
        Send("10.0.0.2");
        Send("10.9.9.9");

        AgentStateView state = Read().State;

        Assert.Equal(["one->two"], state.Peerings.Keys);
        AgentPeeringView pair = state.Peerings["one->two"];
        Assert.Equal((2UL, 2UL * (ulong)Request("10.0.0.2").Length), (pair.Packets, pair.Bytes));
        Assert.Equal(["one", "two"], state.Vpcs.Keys);
        Assert.Equal((pair.Packets, pair.Bytes, 1UL), (state.Vpcs["one"].Packets, state.Vpcs["one"].Bytes, state.Vpcs["one"].Drops));
        Assert.Equal(new AgentVpcView(0, 0, 0), state.Vpcs["two"]);
    }

    [Fact]
    public void Rates_are_those_of_the_last_samples()
    {
        sampler.Sample();
        for (int second = 0; second < 3; second++)
        {
            Send("10.0.0.2");
            Send("10.0.0.2");
            clock.Advance(1);
            sampler.Sample();
        }

        AgentPeeringView pair = Read().State.Peerings["one->two"];

        Assert.Equal((2.0, 2.0 * Request("10.0.0.2").Length), (pair.PacketsPerSecond, pair.BytesPerSecond));
    }

    [Fact]
    public void Generation_name_and_times_are_those_of_what_is_in_force()
    {
        clock.Advance(60);
        sampler.Sample();
        clock.Advance(1);

        AgentView agent = AgentInspector.Read(gateway, sampler.Latest);

        Assert.Equal(("gwint.githedgehog.com/v1alpha1", "GatewayAgent", "gw", "default"), (agent.ApiVersion, agent.Kind, agent.Metadata.Name, agent.Metadata.Namespace));
        Assert.Equal((1L, "2026-01-01T00:00:00Z", "2026-01-01T00:01:01Z"), (agent.Status.LastAppliedGen, agent.Status.LastAppliedTime, agent.Status.LastHeartbeat));
        Assert.Equal("2026-01-01T00:01:00Z", agent.Status.State.LastCollectedTime);
        Assert.Equal((0L, 0), (agent.Status.State.Frr.LastAppliedGen, agent.Status.State.Bgp.Vrfs.Count));
        Assert.Matches(@"^\d+\.\d+\.\d+$", agent.Status.State.Dataplane.Version);
    }

    [Fact]
    public void A_sample_is_taken_when_it_is_due()
    {
        sampler.SampleIfDue();
        DateTimeOffset first = sampler.Latest.Time;
        clock.Advance(0.5);
        sampler.SampleIfDue();
        Assert.Equal(first, sampler.Latest.Time);
        clock.Advance(0.5);
        sampler.SampleIfDue();

        Assert.Equal(first.AddSeconds(1), sampler.Latest.Time);
    }

    private static byte[] Request(string from) => PacketBuilder.Ip(from, "192.168.50.2").Udp(5000, 53).Payload("x").Build();

    private AgentStatusView Read() => AgentInspector.Read(gateway, sampler.Latest).Status;

    private void Send(string from)
    {
        source.Links["a"].Inject(Request(from));
        gateway.Engine.Step(gateway.Engine.Clock.Now);
    }

    private sealed class Clock : TimeProvider
    {
        private TimeSpan passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(double seconds) => passed += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + passed;

        public override long GetTimestamp() => passed.Ticks;
    }
}
