using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Links;

namespace Sluice.Gateway.Live;

/// <summary>Links of the machine: the interfaces that the configuration names, in the namespace of the calling thread.</summary>
/// <param name="workers">How many workers will open a queue of each.</param>
internal sealed class LiveLinks(int workers) : LinkSource, IDisposable
{
    private readonly InterfaceClaims claims = new();

    /// <inheritdoc/>
    public override bool AnswersForOwnAddresses => false;

    /// <inheritdoc/>
    public override Link Open(LinkSpec spec, int order)
    {
        Link link = LinkDrivers.Open(new LinkRequest(spec.Name, spec.Driver.ToString().ToLowerInvariant())
        {
            Device = spec.Device,
            Mtu = spec.Mtu,
            Mac = spec.Mac,
            Vlan = (ushort)(spec.Vlan ?? 0),
            Workers = workers,
        });
        try
        {
            if (link.InterfaceIndex != 0) claims.Claim(link.InterfaceIndex, spec.Device);
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>Leaves interfaces that are links no more to other gateways.</summary>
    public void KeepOnly(IEnumerable<Link> open) => claims.KeepOnly(open.Select(link => link.InterfaceIndex).ToHashSet());

    /// <inheritdoc/>
    public void Dispose() => claims.Dispose();
}
