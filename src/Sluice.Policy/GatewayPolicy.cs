using System.Collections.Immutable;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>The compiled, immutable form of a whole configuration.</summary>
public sealed partial class GatewayPolicy
{
    /// <summary>The pools that decisions name by index.</summary>
    public required ImmutableArray<PoolDefinition> Pools { get; init; }

    /// <summary>The sets of idle times that decisions name by index.</summary>
    public required ImmutableArray<TimerSet> Timers { get; init; }

    /// <summary>The rules that decisions name by index: for people, with their place in the configuration.</summary>
    public required ImmutableArray<PolicyRule> Rules { get; init; }
}

/// <summary>One rule of a policy, as shown to people.</summary>
/// <param name="Name">Such as "peering web, vpc-1 expose 2 (masquerade)".</param>
/// <param name="Place">file:line:column of the document that it comes from.</param>
public sealed record PolicyRule(string Name, string Place);
