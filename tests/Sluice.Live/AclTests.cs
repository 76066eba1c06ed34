using Xunit;

namespace Sluice.Live;

/// <summary>An access list between real programs, and what the gateway says of it.</summary>
public sealed class AclTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void What_the_list_allows_passes_both_ways_and_its_rules_are_named_in_the_log()
    {
        town.Start(Configurations.Masquerade() + """
              acl:
                default: deny
                rules:
                  - { name: allow-web, from: vpc1, action: allow, match: { proto: tcp, dst: [{ ports: ["8080"] }] }, scope: flow, log: true }
                  - { name: no-pings, from: vpc1, action: deny, match: { proto: icmp }, log: true }
            """);
        town.Keep(new Service(town.ServerSide, Town.Server4, 8080));
        town.Keep(new Service(town.ServerSide, Town.Server4, 9090));
        Assert.Equal($"you are {Town.Public4}\n", town.Client.Call("curl", "-gsS", "--max-time", "10", Town.Url(Town.Server4, 8080)));
        Assert.NotEqual(0, town.Client.Try("curl", "-gsS", "--max-time", "60", Town.Url(Town.Server4, 9090)).Code);
        string pings = town.Client.PingUntilHeard(Town.Server4);
        Assert.Contains("Packet filtered", pings, StringComparison.Ordinal);
        Assert.Contains(" 0 received", pings, StringComparison.Ordinal);
        foreach (string rule in new[] { "allow-web", "no-pings" })
            Programs.Until(() => town.Log.Contains($"\"{rule}\"", StringComparison.Ordinal), $"the log names {rule}");
    }
}
