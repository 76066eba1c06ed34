using System.Collections.Immutable;
using Sluice.Dataplane.Routing;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>Everything that is in force at once: one immutable object, swapped by one reference, numbered by its generation.</summary>
/// <remarks>A change of routes makes a new ruleset too, since live sessions are to look for their next hop again.</remarks>
public sealed partial class Ruleset
{
    /// <summary>1 to 65,535, never 0: what flow lines carry once this ruleset has confirmed them.</summary>
    public required ushort Generation { get; init; }

    /// <summary>The policy.</summary>
    public required GatewayPolicy Policy { get; init; }

    /// <summary>The runtime pools, by the policy's index.</summary>
    public required ImmutableArray<Pool> Pools { get; init; }

    /// <summary>The runtime pool of a decision's number; null for <see cref="Decision.NoPool"/>.</summary>
    public Pool? PoolOf(int number) => number == Decision.NoPool ? null : Pools[number];

    /// <summary>The session store's number of each of the policy's timer sets.</summary>
    public required ImmutableArray<ushort> TimerSets { get; init; }

    /// <summary>What sessions are counted under.</summary>
    public AccountMap Accounts { get; init; } = AccountMap.Empty;

    /// <summary>Routes of every realm.</summary>
    public required RouteTable Routes { get; init; }

    /// <summary>The links, by index; removed ones are null.</summary>
    public required ImmutableArray<LinkPort?> Ports { get; init; }

    /// <summary>Source of ICMP that the gateway makes where the link and realm have no address of the family.</summary>
    public GatewayIdentity Identity { get; init; }

    /// <summary>The address that ICMP made in answer to a packet of <paramref name="port"/> has as source, or null where there is none.</summary>
    public IpAddress? AnswerSource(LinkPort port, IpFamily family)
    {
        if (port.FirstAddress(family) is { } first) return first;
        foreach (LinkPort? other in Ports)
            if (other is not null && other.Realm == port.Realm && other.FirstAddress(family) is { } address) return address;
        return family == IpFamily.V4 ? Identity.V4 : Identity.V6;
    }
}

/// <summary>The addresses that the gateway speaks from where it has none of its own that would do (RFC 7600); null: then it says nothing.</summary>
/// <param name="V4">For ICMP.</param>
/// <param name="V6">For ICMPv6.</param>
public readonly record struct GatewayIdentity(IpAddress? V4, IpAddress? V6);
