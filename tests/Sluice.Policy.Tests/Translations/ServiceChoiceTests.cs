using System.Globalization;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Sluice.Policy.Translations;
using Xunit;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

/// <summary>Which backend a flow is led to, through whole configurations and whole decisions: the same on every gateway, by weight, and with little disruption.</summary>
public sealed class ServiceChoiceTests(ITestOutputHelper output)
{
    private const int Flows = 100_000;
    private const string Maglev = "loadBalancing: { method: maglev }";

    public static TheoryData<string> Methods => ["", Maglev, "loadBalancing: { method: hash, hashFields: [srcAddr, srcPort], symmetric: true }"];

    [Theory, MemberData(nameof(Methods))]
    public void Two_gateways_lead_each_flow_to_the_same_backend(string method)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        string[] backends = [.. Enumerable.Range(1, 20).Select(i => $"20.0.0.{i}:{8000 + i} weight={random.Next(0, 300)}{(random.Next(5) == 0 ? " state=draining" : "")}")];
        string[] turned = [.. backends];
        random.Shuffle(turned);
        string service = Translation("30.0.0.2 80 TCP vip", method, backends), again = Translation("30.0.0.2 80 TCP vip", method, turned);
        string other = Translation("30.0.0.9 80 UDP vip", "", "20.0.1.1", "20.0.1.2");

        // The other gateway numbers its realms, services and backends in another order.
        var realms = new RealmRegistry();
        foreach (string name in (string[])["d", "c", "b", "a"]) Assert.True(realms.TryGetOrAdd(name, out _));
        TestPolicy here = Of(service, other), there = Of([], [other, again], realms);
        for (int i = 0; i < Flows; i++)
        {
            Decision one = Decide(here, i), two = Decide(there, i);
            Assert.True(one.Kind == DecisionKind.Session && one.Destination == two.Destination && one.DestinationPort == two.DestinationPort, $"seed {seed}, flow {i}");
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Shares_are_within_a_twentieth_of_the_weights(string method)
    {
        int[] weights = [100, 200, 300, 400];
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", method, [.. weights.Select(static (weight, i) => $"20.0.0.{i + 1} weight={weight}")]));
        var got = new int[weights.Length];
        for (int i = 0; i < 30_000; i++) got[PlaceOf(policy, i)]++;
        output.WriteLine(string.Join(' ', got));
        for (int i = 0; i < weights.Length; i++) Assert.InRange(got[i], 0.95 * 30 * weights[i], 1.05 * 30 * weights[i]);
    }

    [Fact]
    public void One_of_a_hundred_backends_goes_and_hardly_any_flow_of_the_others_moves()
    {
        string[] all = [.. Enumerable.Range(1, 100).Select(static i => $"20.0.0.{i}")];
        TestPolicy before = Of(Translation("30.0.0.2 80 TCP vip", Maglev, all));
        TestPolicy after = Of(Translation("30.0.0.2 80 TCP vip", Maglev, [.. all.Where(static backend => backend != "20.0.0.50")]));
        int others = 0, moved = 0;
        for (int i = 0; i < Flows; i++)
        {
            IpAddress was = Decide(before, i).Destination, becomes = Decide(after, i).Destination;
            if (was == IpAddress.Parse("20.0.0.50")) continue;
            others++;
            if (was != becomes) moved++;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{moved} of {others}, {100.0 * moved / others:0.00} %"));
        Assert.InRange(moved, 0, 0.015 * others);
    }

    [Fact]
    public void Health_moves_as_little_and_a_backend_that_returns_gets_its_flows_again()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", Maglev, [.. Enumerable.Range(1, 100).Select(static i => $"20.0.0.{i}")]));
        int[] before = [.. Enumerable.Range(0, Flows).Select(i => PlaceOf(policy, i))];
        policy.SetUp("20.0.0.50", isUp: false);
        int others = 0, moved = 0;
        for (int i = 0; i < Flows; i++)
        {
            if (before[i] == 49) continue;
            others++;
            if (PlaceOf(policy, i) != before[i]) moved++;
        }

        Assert.InRange(moved, 0, 0.015 * others);
        policy.SetUp("20.0.0.50", isUp: true);
        for (int i = 0; i < Flows; i++) Assert.Equal(before[i], PlaceOf(policy, i));
    }

    [Fact]
    public void A_weight_that_changes_moves_hardly_more_flows_than_it_must()
    {
        string[] all = [.. Enumerable.Range(1, 50).Select(static i => $"20.0.0.{i} weight=100")];
        string[] heavier = [.. all.Select(static backend => backend == "20.0.0.7 weight=100" ? "20.0.0.7 weight=150" : backend)];
        TestPolicy before = Of(Translation("30.0.0.2 80 TCP vip", Maglev, all)), after = Of(Translation("30.0.0.2 80 TCP vip", Maglev, heavier));
        int won = 0, moved = 0;
        for (int i = 0; i < Flows; i++)
        {
            IpAddress was = Decide(before, i).Destination, becomes = Decide(after, i).Destination;
            if (was == becomes) continue;
            if (becomes == IpAddress.Parse("20.0.0.7")) won++;
            else moved++;
        }

        // It has 150 of 5050 now, where it had 100 of 5000: about one in a hundred must move to it.
        output.WriteLine($"{won} won, {moved} moved besides");
        Assert.InRange(won, 0.007 * Flows, 0.013 * Flows);
        Assert.InRange(moved, 0, 0.015 * Flows);
    }

    private static int PlaceOf(TestPolicy policy, int flow)
    {
        Decision decision = Decide(policy, flow);
        Assert.True(policy.Policy.TryGetBackend(decision.Backend, out VirtualService? service, out int place));
        Assert.Equal(decision.Destination, service!.Backends[place].Address);
        return place;
    }

    // Clients as they are: few addresses, neighbouring ports.
    private static Decision Decide(TestPolicy policy, int flow) => policy.Policy.Decide(new FirstPacket
    {
        Realm = policy.Realm("a"),
        Protocol = IpProtocol.Tcp,
        TcpFlags = 2,
        HasPorts = true,
        Source = new IpAddress(IpFamily.V4, 0x0A00_0000u + (uint)(flow / 500)),
        SourcePort = (ushort)(40_000 + flow % 500),
        Destination = IpAddress.Parse("30.0.0.2"),
        DestinationPort = 80,
    });
}
