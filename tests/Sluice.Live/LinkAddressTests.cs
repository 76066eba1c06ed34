using Xunit;

namespace Sluice.Live;

/// <summary>Source NAT to the address that the kernel has on a link, by DHCP or by hand.</summary>
public sealed class LinkAddressTests : IDisposable
{
    private const string Configuration = $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          sessions: { capacity: 50000 }
          links:
            - { name: vpc1, driver: afpacket, addresses: [{{Town.Inside4}}/24] }
            - { name: vpc2, driver: afpacket }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { links: [vpc1], addressesOf: [vpc2] }
        """;

    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void What_leaves_has_the_address_that_the_link_has_at_the_moment()
    {
        town.Keep(new Service(town.ServerSide, Town.Server4, 80));
        town.Middle.Shell($"ip address add {Town.Outside4}/24 dev vpc2");
        town.Start(Configuration);
        Assert.Equal($"you are {Town.Outside4}\n", Ask());

        town.Middle.Shell($"""
            ip address del {Town.Outside4}/24 dev vpc2
            ip address add 192.168.50.77/24 dev vpc2
            """);
        Programs.Until(() => town.Log.Contains("192.168.50.77): ", StringComparison.Ordinal), "the gateway follows the address");
        Assert.Equal("you are 192.168.50.77\n", Ask());

        // Without any address nothing leaves as it is. There may have been none for a moment before, too.
        int said = town.Log.Length;
        town.Middle.Call("ip", "address", "del", "192.168.50.77/24", "dev", "vpc2");
        Programs.Until(() => town.Log[said..].Contains("vpc2 none): ", StringComparison.Ordinal), "the gateway knows that there is none");
        town.Middle.Shell($"ip route add {Town.Server4} dev vpc2");
        Assert.NotEqual(0, town.Client.Try("curl", "-sS", "--noproxy", "*", "--max-time", "60", $"http://{Town.Server4}/").Code);
    }

    private string Ask() => town.Client.Call("curl", "-sS", "--noproxy", "*", "--max-time", "60", $"http://{Town.Server4}/");
}
