using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>One way in which a rule can match: everything in it must hold. A rule is as many terms as it has pairs of unlike ports.</summary>
/// <param name="Rule">The rule's place in the list.</param>
/// <param name="Protocols">Any of these; empty: every one.</param>
/// <param name="Source">Its senders.</param>
/// <param name="Destination">Its receivers.</param>
internal readonly record struct AclTerm(int Rule, ImmutableArray<byte> Protocols, AclSide Source, AclSide Destination);

/// <summary>Addresses with ports that are the same for all of them.</summary>
/// <param name="Addresses">Any of these; empty: every one.</param>
/// <param name="Ports">Any of these; empty: every one, and none at all.</param>
internal readonly record struct AclSide(ImmutableArray<IpRange> Addresses, ImmutableArray<PortRange> Ports)
{
    /// <summary>The entries of a rule, those of equal ports together.</summary>
    /// <param name="entries">The entries; none match everything.</param>
    /// <param name="prefixOf">The addresses of an entry, or null where it names none.</param>
    internal static IEnumerable<AclSide> Of(ImmutableArray<AclEndpointSpec> entries, Func<AclEndpointSpec, IpPrefix?> prefixOf)
    {
        if (entries.IsEmpty) return [new AclSide([], [])];
        return entries.GroupBy(static entry => string.Join(',', entry.Ports), StringComparer.Ordinal).Select(group =>
        {
            IpPrefix?[] prefixes = [.. group.Select(prefixOf)];
            return new AclSide(
                prefixes.Contains(null) ? [] : [.. prefixes.Select(static prefix => new IpRange(prefix!.Value))],
                group.First().Ports);
        });
    }
}
