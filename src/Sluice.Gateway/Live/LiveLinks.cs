using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Links;

namespace Sluice.Gateway.Live;

/// <summary>Links of the machine: the interfaces that the configuration names, in the namespace of the calling thread.</summary>
/// <param name="workers">How many workers will open a queue of each.</param>
internal sealed class LiveLinks(int workers) : LinkSource
{
    /// <inheritdoc/>
    public override bool AnswersForOwnAddresses => false;

    /// <inheritdoc/>
    public override Link Open(LinkSpec spec, int order) => LinkDrivers.Open(new LinkRequest(spec.Name, spec.Driver.ToString().ToLowerInvariant())
    {
        Device = spec.Device,
        Mtu = spec.Mtu,
        Mac = spec.Mac,
        Vlan = (ushort)(spec.Vlan ?? 0),
        Workers = workers,
    });
}
