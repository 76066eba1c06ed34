using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>What a configuration says of a pool. Two definitions that are equal in content are the same pool over reloads.</summary>
/// <param name="Realm">The realm in which the addresses are public: where packets with them as source go to.</param>
/// <param name="Addresses">The addresses, in the configured order, disjoint, of one family.</param>
/// <param name="Profile">How endpoints are taken from it.</param>
public sealed record PoolDefinition(ushort Realm, ImmutableArray<IpRange> Addresses, SessionProfile Profile)
{
    /// <summary>Whether the other says the same of a pool.</summary>
    public bool Equals(PoolDefinition? other) =>
        other is not null && Realm == other.Realm && Profile == other.Profile && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Realm, Profile, Addresses.IsDefaultOrEmpty ? default : Addresses[0], Addresses.Length);
}

/// <summary>A pool in use: hands out public endpoints.</summary>
public sealed partial class Pool
{
    /// <summary>What the configuration says of it.</summary>
    public PoolDefinition Definition { get; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Definition.Addresses);
}
