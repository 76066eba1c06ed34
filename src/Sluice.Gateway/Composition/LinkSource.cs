using Sluice.Config.Documents;
using Sluice.Links;

namespace Sluice.Gateway.Composition;

/// <summary>Where a gateway gets its links from: the machine's interfaces, or nothing but memory.</summary>
public abstract class LinkSource
{
    /// <summary>Whether no kernel answers for the gateway's own addresses on such links.</summary>
    public abstract bool AnswersForOwnAddresses { get; }

    /// <summary>Makes a link.</summary>
    /// <param name="spec">As the configuration lists it.</param>
    /// <param name="order">Its place in that list, from 0.</param>
    /// <exception cref="LinkException">The device or the privilege is missing.</exception>
    public abstract Link Open(LinkSpec spec, int order);

    /// <summary>What makes it the same device: where two are equal, a reload keeps the link open.</summary>
    public virtual object IdentityOf(LinkSpec spec, int order) => (spec.Driver, spec.Device, spec.Mtu, spec.Mac, spec.Vlan);
}
