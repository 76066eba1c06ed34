using Sluice.Packets.Addresses;

namespace Sluice.Policy.SourceNats;

/// <summary>A prefix whose addresses become those of another of the same length: the bits of the prefix are replaced, the host's stay.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="To">An address of the other.</param>
internal readonly record struct PrefixRewrite(IpPrefix Prefix, IpAddress To)
{
    /// <summary>The other prefix.</summary>
    internal IpPrefix Becomes => new(To, Prefix.Length);

    internal IpAddress Of(in IpAddress address) => new(address.Family, Becomes.Address.Value + (address.Value - Prefix.Address.Value));
}
