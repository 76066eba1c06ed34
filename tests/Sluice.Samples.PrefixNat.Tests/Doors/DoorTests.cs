using Sluice.Config;
using Sluice.Config.Kinds;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Explain;
using Sluice.Gateway.Views;
using Sluice.Links.Memory;
using Sluice.Packets.Building;
using Sluice.Scenarios;
using Xunit;

namespace Sluice.Samples.PrefixNat.Tests.Doors;

/// <summary>A kind that makes sessions has their life, their errors and their reloads, and stands beside one that makes none.</summary>
public class DoorTests
{
    private static readonly DocumentKinds Kinds = new(DoorDocument.DocumentKind, PrefixNatDocument.DocumentKind);

    private const string Text = """
        Hosts share an address, one of them is reached by it, and a prefix beside them is seen as another.

        file a.yaml:
          apiVersion: sluice.dev/v1alpha1
          kind: Gateway
          metadata: { name: gw }
          spec:
            links:
              - { name: lan, driver: tun, addresses: [10.20.0.1/16] }
              - { name: wan, driver: tun, addresses: [192.0.2.1/24], routes: [{ to: 0.0.0.0/0 }] }
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: NatProfile
          metadata: { name: short }
          spec: { timers: { udp: 30s }, preservePort: true }
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: Door
          metadata: { name: d }
          spec: { inside: 10.20.0.0/24, server: 10.20.0.8, address: 203.0.113.7, profile: short }
          ---
          apiVersion: samples.sluice.dev/v1
          kind: PrefixNat
          metadata: { name: site }
          spec: { inside: 10.20.0.0/16, outside: 198.18.0.0/16 }
        file b.yaml:
          apiVersion: sluice.dev/v1alpha1
          kind: Gateway
          metadata: { name: gw }
          spec:
            links:
              - { name: lan, driver: tun, addresses: [10.20.0.1/16] }
              - { name: wan, driver: tun, addresses: [192.0.2.1/24], routes: [{ to: 0.0.0.0/0 }] }
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: Door
          metadata: { name: d }
          spec: { inside: 10.20.0.0/24, server: 10.20.0.9, address: 203.0.113.7 }
        file c.yaml:
          apiVersion: sluice.dev/v1alpha1
          kind: Gateway
          metadata: { name: gw }
          spec:
            links:
              - { name: lan, driver: tun, addresses: [10.20.0.1/16] }
              - { name: wan, driver: tun, addresses: [192.0.2.1/24], routes: [{ to: 0.0.0.0/0 }] }
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: Door
          metadata: { name: d }
          spec: { inside: 10.20.0.0/24, server: 10.20.0.9, address: 203.0.113.8 }
        use a.yaml

        # The first kind takes what both would take.
        at 0      in lan  10.20.0.5:5000 > 192.0.2.9:443 tcp S
                  out wan 203.0.113.7:$p > 192.0.2.9:443 tcp S
                  session a
        at 1      in wan  192.0.2.9:443 > 203.0.113.7:$p tcp SA
                  out lan 192.0.2.9:443 > 10.20.0.5:5000 tcp SA
                  session a
        at 2      in lan  10.20.1.5:5000 > 192.0.2.9:443 tcp S
                  out wan 198.18.69.6:5000 > 192.0.2.9:443 tcp S
                  session none
        at 3      in wan  192.0.2.9:1000 > 203.0.113.7:80 tcp S
                  out lan 192.0.2.9:1000 > 10.20.0.8:8080 tcp S
                  session b
        at 4      in lan  10.20.0.8:8080 > 192.0.2.9:1000 tcp SA
                  out wan 203.0.113.7:80 > 192.0.2.9:1000 tcp SA
                  session b
        at 5      in wan  192.0.2.9:1000 > 203.0.113.7:81 tcp S
                  drop NotExposed
        at 6      in lan  10.20.0.5 > 192.0.2.9 protocol 47
                  drop UnsupportedProtocol

        # Errors show no inside address, of no router either.
        at 7      in wan  192.0.2.254 > 203.0.113.7 icmp too big mtu 1400 [203.0.113.7:$p > 192.0.2.9:443 tcp]
                  out lan 192.0.2.254 > 10.20.0.5 icmp too big mtu 1400 [10.20.0.5:5000 > 192.0.2.9:443 tcp]
                  session a

        # The profile of the document: 30 seconds of silence.
        at 8      in lan  10.20.0.5:6000 > 192.0.2.9:53 udp
                  out wan 203.0.113.7:$q > 192.0.2.9:53 udp
                  session c
        at 39     in wan  192.0.2.9:53 > 203.0.113.7:$q udp
                  drop NotExposed

        # A reload: the server is another, and whoever has one keeps it.
        at 40     apply b.yaml
        at 41     in wan  192.0.2.9:443 > 203.0.113.7:$p tcp A
                  out lan 192.0.2.9:443 > 10.20.0.5:5000 tcp A
                  session a
        at 42     in wan  192.0.2.9:1000 > 203.0.113.7:80 tcp A
                  out lan 192.0.2.9:1000 > 10.20.0.8:8080 tcp A
                  session b
        at 43     in wan  192.0.2.9:1001 > 203.0.113.7:80 tcp S
                  out lan 192.0.2.9:1001 > 10.20.0.9:8080 tcp S

        # A reload: the address is gone, and what lived by it ends.
        at 44     apply c.yaml
        at 45     in lan  10.20.0.5:5000 > 192.0.2.9:443 tcp A
                  drop MidstreamTcp
        at 46     in lan  10.20.0.5:5001 > 192.0.2.9:443 tcp S
                  out wan 203.0.113.8:$r > 192.0.2.9:443 tcp S
        """;

    [Fact]
    public void Its_sessions_are_counted_under_its_name()
    {
        ConfigSet config = ConfigLoader.LoadText("a.yaml", Document("a.yaml"), Kinds).Set!;
        using ComposedGateway gateway = OfflineGateway.Compose(config);
        var lan = (MemoryLink)gateway.Links.Single(link => link.Spec.Name == "lan").Port.Link;
        lan.Inject(PacketBuilder.Ip("10.20.0.5", "192.0.2.9").Udp(5000, 53).Payload(8).Build());
        gateway.Engine.Step(gateway.Engine.Clock.Now);

        SourcesView shown = new GatewayInspector(gateway).Sources(null, 10);

        Assert.Equal(["Door d", "PrefixNat site"], shown.Sources.Select(source => source.Name));
        SourceView door = shown.Sources[0];
        Assert.Equal("inside 10.20.0.0/24, server 10.20.0.8, address 203.0.113.7, profile short", door.Says);
        Assert.Equal((1L, 1UL, 36UL), (door.Counts.Active, door.Counts.Original.Packets, door.Counts.Original.Bytes));
        Assert.Equal(0, shown.Sources[1].Counts.Active);
        Assert.Equal("PrefixNat site", Assert.Single(new GatewayInspector(gateway).Sources("PrefixNat site", 10).Sources).Name);
    }

    // One of the files that the exchange is written with.
    private static string Document(string name)
    {
        string[] lines = Text.Split('\n');
        int first = Array.IndexOf(lines, $"file {name}:") + 1;
        return string.Join('\n', lines.Skip(first).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line[2..]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Its_sessions_live_as_all_do(int workers)
    {
        // A name that packets teach takes a pass over the exchange: the rules hear of the last one alone.
        using var run = new ScenarioRun(ScenarioReader.Read(Text.Replace("$p", "5000", StringComparison.Ordinal).Replace("$q", "6000", StringComparison.Ordinal).Replace("$r", "5001", StringComparison.Ordinal)), workers, Kinds);
        DoorDocument.Ends.Clear();

        string differences = run.Differences();

        Assert.True(differences.Length == 0, differences);
        Assert.Equal(
            ["10.20.0.5:5000 PolicyChanged 1+2", "10.20.0.5:6000 Expired 1+0", "192.0.2.9:1000 PolicyChanged 2+1", "192.0.2.9:1001 PolicyChanged 1+0"],
            DoorDocument.Ends.Order(StringComparer.Ordinal));
    }
}
