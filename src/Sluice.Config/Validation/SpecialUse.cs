using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Addresses that no peering may expose (RFC 6890).</summary>
internal static class SpecialUse
{
    private static readonly (IpPrefix Prefix, string Class)[] Classes =
    [
        (V4(0, 8), "this network"),
        (V4(127, 8), "loopback"),
        (new IpPrefix(IpAddress.V4(0xA9FE_0000), 16), "link-local"),
        (V4(224, 4), "multicast"),
        (new IpPrefix(IpAddress.V4(uint.MaxValue), 32), "limited broadcast"),
        (V4(240, 4), "reserved"),
        (new IpPrefix(IpAddress.V6(0), 128), "unspecified"),
        (new IpPrefix(IpAddress.V6(1), 128), "loopback"),
        (new IpPrefix(IpAddress.V6((UInt128)0xFE80 << 112), 10), "link-local"),
        (new IpPrefix(IpAddress.V6((UInt128)0xFF00 << 112), 8), "multicast"),
    ];

    /// <summary>The first class that a prefix meets, or null.</summary>
    public static (IpPrefix Prefix, string Class)? Meets(IpPrefix prefix)
    {
        foreach ((IpPrefix Prefix, string Class) special in Classes)
            if (special.Prefix.Overlaps(prefix)) return special;
        return null;
    }

    /// <summary>The first class that a range meets, or null.</summary>
    public static (IpPrefix Prefix, string Class)? Meets(IpRange range)
    {
        foreach ((IpPrefix Prefix, string Class) special in Classes)
            if (new IpRange(special.Prefix).Overlaps(range)) return special;
        return null;
    }

    private static IpPrefix V4(uint firstOctet, int length) => new(IpAddress.V4(firstOctet << 24), length);
}
