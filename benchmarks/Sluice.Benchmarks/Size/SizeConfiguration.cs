using System.Globalization;
using System.Text;

namespace Sluice.Benchmarks.Size;

/// <summary>How large a configuration is: so many VPCs in a ring, each peered with the next <paramref name="Degree"/>, ten expose blocks a peering.</summary>
internal sealed record SizeConfiguration(int Vpcs, int Degree)
{
    /// <summary>The size that the goals are about.</summary>
    public static readonly SizeConfiguration Whole = new(1000, 10);

    /// <summary>The sizes on the way there.</summary>
    public static readonly SizeConfiguration[] Growing = [new(10, 1), new(50, 2), new(200, 5), Whole];

    // The engine has 256 links; so many VPCs have one, and are spoken to.
    private const int MostLinks = 200;

    public int Peerings => Vpcs * Degree;

    public int Exposes => Peerings * 10;

    /// <summary>VPCs with a link.</summary>
    public int Reached => Math.Min(Vpcs, MostLinks);

    /// <summary>The documents, as files of one directory.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="changed">What a later version of it changed: a forward in each hundredth peering, a pool in another, an access rule in a third.</param>
    public void Write(string directory, bool changed)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "gateway.yaml"), Gateway());
        File.WriteAllText(Path.Combine(directory, "vpcs.yaml"), VpcInfos());
        File.WriteAllText(Path.Combine(directory, "peerings.yaml"), new PeeringTexts(this, changed).All());
    }

    public static string NameOf(int vpc) => Invariant($"vpc-{vpc:D4}");

    /// <summary>The block of addresses that only this VPC has.</summary>
    public static string Own(int vpc, int third, string rest) => Invariant($"10.{vpc / 4}.{(vpc % 4 * 64) + third}.{rest}");

    private string Gateway()
    {
        var text = new StringBuilder("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: bench }
            spec:
              links:

            """);
        for (int i = 0; i < Reached; i++)
        {
            text.Append(Invariant($$"""
                    - { name: l{{i}}, driver: memory, realm: {{NameOf(i)}}, addresses: [192.168.0.1/24], routes: [{ to: 10.0.0.0/8, via: 192.168.0.2 }, { to: 172.16.0.0/12, via: 192.168.0.2 }] }

                """));
        }

        return text.Append("""
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: games }
            spec: { filtering: endpointIndependent, timers: { udp: 10m } }

            """).ToString();
    }

    private string VpcInfos()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Vpcs; i++)
        {
            text.Append(Invariant($$"""
                ---
                apiVersion: gateway.githedgehog.com/v1alpha1
                kind: VPCInfo
                metadata:
                  name: {{NameOf(i)}}
                  namespace: default
                spec:
                  vni: {{5000 + i}}
                  vpcID: "{{10000 + i}}"
                  subnets:
                    own:
                      cidr: {{Own(i, 0, "0/18")}}
                    tenants:
                      cidr: 172.16.0.0/12
                    six:
                      cidr: 2001:db8:{{i:x}}::/48

                """));
        }

        return text.ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
