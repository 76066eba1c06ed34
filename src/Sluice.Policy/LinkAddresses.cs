using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Addresses that documents give by the name of a link.</summary>
internal static class LinkAddresses
{
    /// <summary>The first address of a family that a link has; null where it has none yet.</summary>
    internal static IpAddress? FirstOf(ConfigSet config, NamedSpec link, IpFamily family)
    {
        foreach (LinkSpec known in config.Gateway.Links)
            if (known.Name == link.Name)
                foreach (LinkAddress own in known.Addresses)
                    if (own.Address.Family == family) return own.Address;
        return null;
    }
}
