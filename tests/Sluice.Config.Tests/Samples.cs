using System.Collections.Immutable;
using Xunit;

namespace Sluice.Config.Tests;

/// <summary>Short ways to write configurations and to read what came of them.</summary>
internal static class Samples
{
    public const string Fabric = "gateway.githedgehog.com/v1alpha1";

    /// <summary>Loads with what this version only judges.</summary>
    public static LoadResult Load(string yaml) => ConfigLoader.LoadTexts([("t.yaml", yaml)], allowUnsupported: true);

    /// <summary>A VPCInfo without subnets.</summary>
    public static string Vpc(string name, string spec = "{}") => $$"""
        ---
        apiVersion: {{Fabric}}
        kind: VPCInfo
        metadata: { name: {{name}} }
        spec: {{spec}}

        """;

    /// <summary>A peering of two VPCs; exposes are flow lists such as [{default: true}].</summary>
    public static string Peering(
        string left, string right, string name = "p", string leftRealm = "vpc-1", string rightRealm = "vpc-2", string? acl = null, string? group = null, bool native = false) => $$"""
        ---
        apiVersion: {{(native ? "sluice.dev/v1alpha1" : Fabric)}}
        kind: {{(native ? "Peering" : "GatewayPeering")}}
        metadata: { name: {{name}} }
        spec:
          {{(group is null ? "" : $"gatewayGroup: {group}")}}
          peering:
            {{leftRealm}}:
              expose: {{left}}
            {{rightRealm}}:
              expose: {{right}}
          {{(acl is null ? "" : $"acl: {acl}")}}

        """;

    /// <summary>The rules of the errors, in the order of their places.</summary>
    public static ConfigRule[] Errors(this LoadResult result) => [.. result.Problems.Where(p => p.IsError).Select(p => p.Rule)];

    /// <summary>Asserts that there is an error of a rule, and no set.</summary>
    public static ConfigError Refused(string yaml, ConfigRule rule)
    {
        LoadResult result = Load(yaml);
        Assert.Null(result.Set);
        ConfigError? found = result.Problems.FirstOrDefault(p => p.IsError && p.Rule == rule);
        Assert.True(found is not null, $"expected {rule}, found: {Show(result.Problems)}");
        Assert.True(found.Place.Line > 0 && found.Place.Column > 0);
        return found;
    }

    /// <summary>Asserts that there is no error.</summary>
    public static ConfigSet Accepted(string yaml)
    {
        LoadResult result = Load(yaml);
        Assert.True(result.Set is not null, Show(result.Problems));
        return result.Set;
    }

    public static string Show(ImmutableArray<ConfigError> problems) => string.Join('\n', problems);
}
