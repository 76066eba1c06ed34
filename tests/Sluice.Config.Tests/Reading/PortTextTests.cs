using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Reading;

/// <summary>The strict port syntax, through a whole document.</summary>
public class PortTextTests
{
    [Theory]
    [InlineData("'80'")]
    [InlineData("'80-80'")]
    [InlineData("'3000-3100'")]
    [InlineData("'65535'")]
    [InlineData("80-80")]
    public void A_port_is_accepted(string port) => Accepted(Yaml(port));

    [Theory]
    [InlineData("''", ConfigRule.Invalid)]
    [InlineData("'80,443'", ConfigRule.Invalid)]
    [InlineData("'80,443,3000-3100'", ConfigRule.Invalid)]
    [InlineData("'  80  '", ConfigRule.Invalid)]
    [InlineData("'122 - 234'", ConfigRule.Invalid)]
    [InlineData("'80-79'", ConfigRule.Invalid)]
    [InlineData("'65536'", ConfigRule.Invalid)]
    [InlineData("'1-65536'", ConfigRule.Invalid)]
    [InlineData("'-80'", ConfigRule.Invalid)]
    [InlineData("'80-'", ConfigRule.Invalid)]
    [InlineData("'80,,443'", ConfigRule.Invalid)]
    [InlineData("'80,invalid,443'", ConfigRule.Invalid)]
    [InlineData("'0x50'", ConfigRule.Invalid)]
    [InlineData("'80-90-100'", ConfigRule.Invalid)]
    [InlineData("'٨٠'", ConfigRule.Invalid)]
    [InlineData("'0'", ConfigRule.Forbidden)]
    [InlineData("'0-80'", ConfigRule.Forbidden)]
    [InlineData("80", ConfigRule.WrongType)]
    [InlineData("[80]", ConfigRule.WrongType)]
    [InlineData("true", ConfigRule.WrongType)]
    public void Anything_else_is_refused_at_its_place(string port, ConfigRule rule)
    {
        ConfigError error = Refused(Yaml(port), rule);
        Assert.Equal((12, 45), (error.Place.Line, error.Place.Column));
        Assert.Equal("spec.peering.a.expose[0].nat.portForward.ports[0].port", error.Path);
    }

    private static string Yaml(string port) => $$"""
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: GatewayPeering
        metadata: { name: p }
        spec:
          peering:
            b: { expose: [{ default: true }] }
            a:
              expose:
                - ips: [{ cidr: 10.0.0.1/32 }]
                  as: [{ cidr: 203.0.113.1/32 }]
                  nat:
                    portForward: { ports: [ { port: {{port}}, as: {{(port.StartsWith('\'') && port.Contains('-', StringComparison.Ordinal) ? port : "'80'")}} } ] }
        """;
}
