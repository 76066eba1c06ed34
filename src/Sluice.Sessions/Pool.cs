using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>What a configuration says of a pool. Two definitions that are equal in content are the same pool over reloads.</summary>
/// <param name="Realm">The realm in which the addresses are public: where packets with them as source go to.</param>
/// <param name="Addresses">The addresses, in the configured order, disjoint, of one family.</param>
/// <param name="Profile">How endpoints are taken from it.</param>
public sealed record PoolDefinition(ushort Realm, ImmutableArray<IpRange> Addresses, SessionProfile Profile);

/// <summary>A pool in use: hands out public endpoints.</summary>
public sealed partial class Pool(PoolDefinition definition)
{
    /// <summary>What the configuration says of it.</summary>
    public PoolDefinition Definition { get; } = definition;
}
