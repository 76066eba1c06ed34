using Sluice.Config.Documents;

namespace Sluice.Config.Validation;

/// <summary>Refuses what is read and judged but not done by this version. The last step: without it all of that is accepted.</summary>
internal static class SupportCheck
{
    public static void Judge(ConfigSet set, Problems problems)
    {
        for (int i = 0; i < set.Gateway.Links.Length; i++) Judge(set.Gateway.Links[i], $"spec.links[{i}]", problems);
    }

    /// <summary>Says which fields of profiles have no effect: packets are handled as if they weren't there, which is the safer side.</summary>
    public static void Warn(List<NatProfileDocument> profiles, Problems problems)
    {
        foreach (NatProfileDocument profile in profiles)
        {
            if (profile.MssClamp is not null) Ignore(profile, "mssClamp", problems);
            if (profile.Midstream != MidstreamBehaviour.Drop) Ignore(profile, "midstream", problems);
            if (profile.Refuse != new RefuseSpec()) Ignore(profile, "refuse", problems);
        }
    }

    // A profile that was made of another one gives nothing itself: it was said of that one.
    private static void Ignore(NatProfileDocument profile, string field, Problems problems)
    {
        foreach (NamedSpec given in profile.Given)
            if (given.Name == field)
                problems.Warning(given.Place, $"spec.{field}", ConfigRule.NotYetSupported, $"this version does not do '{field}': it has no effect");
    }

    private static void Judge(LinkSpec link, string path, Problems problems)
    {
        if (link.Driver is LinkDriver.AfXdp or LinkDriver.Tap)
            Refuse(problems, link.DriverPlace, $"{path}.driver", $"the driver '{(link.Driver == LinkDriver.Tap ? "tap" : "afxdp")}' (afpacket, tun and memory are)");
        if (link.Vxlan is { } vxlan) Refuse(problems, vxlan.Place, $"{path}.vxlan", "VXLAN");
    }

    private static void Refuse(Problems problems, Place place, string path, string what) =>
        problems.Error(place, path, ConfigRule.NotYetSupported, $"this version does not do {what}");
}
