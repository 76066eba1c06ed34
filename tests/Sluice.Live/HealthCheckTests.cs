using Sluice.Gateway.Views;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>Checks of backends leave by the link that clients' packets take, whatever else the kernel knows by that address.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private const string Backend = "10.1.1.2";

    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void Backends_of_two_realms_with_one_address_are_told_apart_by_every_kind_of_check()
    {
        for (int i = 1; i <= 2; i++)
        {
            NetworkNamespace place = town.Make();
            town.Cable(place, "e0", $"02:00:00:00:1{i}:02", $"b{i}", $"02:00:00:00:1{i}:01", 1500);

            // In realm one nobody has the address.
            place.Shell($"ip address add {(i == 1 ? "10.1.1.9" : Backend)}/24 dev e0");
            if (i == 2) town.Keep(new WebServer(place, "two", Backend, 8080));
        }

        town.AwaitCables();
        string[] checks = ["check: tcp", "check: http", "check: icmp"];
        town.Start(Configuration(checks));

        Programs.Until(() => States("one").All(static state => state == "down") && States("two").All(static state => state == "active"), "realm one's are down and realm two's are up");
        Assert.Equal(checks.Length, States("one").Length);
        Assert.Equal(checks.Length, States("two").Length);
        BackendView down = town.Gateway.Inspector.Translations("one-0", 1).Translations[0].Backends[0];
        Assert.NotNull(down.Health?.LastError);
        Assert.Equal(("tcp", false, false), (down.Health.Check, down.Health.Up, down.Health.Ejected));
    }

    private string[] States(string realm) =>
        [.. town.Gateway.Inspector.Translations(null, 100).Translations.Where(one => one.Realm == realm).SelectMany(static one => one.Backends).Select(static backend => backend.State)];

    private static string Configuration(string[] checks) => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          sessions: { capacity: 1000 }
          links:
            - { name: b1, driver: afpacket, realm: one, addresses: [10.1.1.1/24] }
            - { name: b2, driver: afpacket, realm: two, addresses: [10.1.1.1/24] }
          realms: [{ name: one }, { name: two }]
        {{string.Join('\n', checks.SelectMany(static (check, number) => new[] { Translation("one", check, number), Translation("two", check, number) }))}}
        """;

    private static string Translation(string realm, string check, int number) => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: {{realm}}-{{number}} }
        spec: { realm: {{realm}}, address: 30.0.0.{{number + 1}}, port: 80, health: { {{check}}, interval: 300ms, timeout: 1s, rise: 1, fall: 1 }, backends: [{ address: {{Backend}}, port: 8080 }] }
        """;
}
