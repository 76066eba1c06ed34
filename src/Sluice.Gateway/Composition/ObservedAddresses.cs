using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Composition;

/// <summary>Addresses that the kernel has on links whose documents list none of that family: by DHCP, router advertisements or an administrator. They count as if they were listed.</summary>
/// <remarks>Written by the control thread; a configuration may be completed by any. A completed link is the same object until something of it changes.</remarks>
public sealed class ObservedAddresses
{
    private static readonly IpPrefix LinkLocal = IpPrefix.Parse("fe80::/10");

    // By device; each in the order in which they came, so that the first one stays the first as long as it is there.
    private ImmutableDictionary<string, ImmutableArray<LinkAddress>> seen = ImmutableDictionary<string, ImmutableArray<LinkAddress>>.Empty;
    private ImmutableDictionary<string, CompletedLink> completed = ImmutableDictionary<string, CompletedLink>.Empty;

    /// <summary>Tells what a device has now.</summary>
    /// <returns>Whether that is something else than before.</returns>
    public bool Set(string device, IEnumerable<(IpAddress Address, IpPrefix Connected)> now)
    {
        LinkAddress[] present = [.. now.Where(static one => !LinkLocal.Contains(one.Address)).Select(static one => new LinkAddress(one.Address, one.Connected, default))];
        ImmutableArray<LinkAddress> before = seen.GetValueOrDefault(device, []);
        ImmutableArray<LinkAddress> after = [.. before.Where(present.Contains), .. present.Where(one => !before.Contains(one))];
        if (after.AsSpan().SequenceEqual(before.AsSpan())) return false;
        seen = seen.SetItem(device, after);
        return true;
    }

    /// <summary>A configuration with what its links have from the kernel.</summary>
    public ConfigSet Complete(ConfigSet config)
    {
        if (seen.IsEmpty) return config;
        ImmutableArray<LinkSpec> links = [.. config.Gateway.Links.Select(Complete)];
        return links.AsSpan().SequenceEqual(config.Gateway.Links.AsSpan(), ReferenceComparer) ? config : config with { Gateway = config.Gateway with { Links = links } };
    }

    private static IEqualityComparer<LinkSpec> ReferenceComparer => EqualityComparer<LinkSpec>.Create(static (one, other) => ReferenceEquals(one, other));

    // The kernel's addresses are those of untagged packets.
    private LinkSpec Complete(LinkSpec asked)
    {
        ImmutableArray<LinkAddress> observed = asked.Vlan is null ? seen.GetValueOrDefault(asked.Device, []) : [];
        LinkAddress[] missing = [.. observed.Where(one => !asked.Addresses.Any(listed => listed.Address.Family == one.Address.Family))];
        if (missing.Length == 0) return asked;
        if (completed.TryGetValue(asked.Name, out CompletedLink? known) && ReferenceEquals(known.Asked, asked) && known.Observed == observed) return known.Whole;
        LinkSpec whole = asked with { Addresses = [.. asked.Addresses, .. missing] };
        ImmutableInterlocked.AddOrUpdate(ref completed, asked.Name, new CompletedLink(asked, observed, whole), (_, _) => new CompletedLink(asked, observed, whole));
        return whole;
    }

    private sealed record CompletedLink(LinkSpec Asked, ImmutableArray<LinkAddress> Observed, LinkSpec Whole);
}
