using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Reports what is wrong with a block and returns false.</summary>
internal delegate bool FailExpose(Place place, ExposeSpec spec, string path, ConfigRule rule, string message, params ReadOnlySpan<Place> others);

/// <summary>Judges port forwards and splits a block with several entries into one expose each.</summary>
internal static class ForwardRules
{
    public static bool Judge(FailExpose fail, ExposeSpec spec, PrefixSet privates, PrefixSet publics, List<Expose> into)
    {
        if (privates.Items.Length != 1)
            return fail(spec.Ips[0].Place, spec, ".ips", ConfigRule.Forbidden, $"a port forward has exactly one prefix in 'ips', here are {privates.Items.Length}");
        if (publics.Items.Length != 1)
            return fail(spec.As[0].Place, spec, ".as", ConfigRule.Forbidden, $"a port forward has exactly one prefix in 'as', here are {publics.Items.Length}");
        IpPrefix inside = privates.Items[0].Prefix, outside = publics.Items[0].Prefix;
        bool good = true;
        foreach (ForwardSpec forward in spec.Nat!.Forwards)
        {
            PrefixSet insideSet = Qualified(inside, forward.Private), outsideSet = Qualified(outside, forward.Public);
            if (insideSet.Count != outsideSet.Count)
            {
                good = fail(forward.Place, spec, ".nat.portForward.ports", ConfigRule.MismatchedPrefixSizes,
                    $"{insideSet} and {outsideSet} are not of one size", spec.As[0].Place);
            }
            else if (inside.Length != outside.Length)
            {
                good = fail(spec.As[0].Place, spec, ".as", ConfigRule.PortForwarding,
                    $"{outside} and {inside} must have one length: a forward keeps host and port apart", spec.Ips[0].Place);
            }
            else
            {
                into.Add(new Expose { Spec = spec, Nat = NatKind.PortForward, Private = insideSet, Public = outsideSet, Forward = forward });
            }
        }

        return good;
    }

    private static PrefixSet Qualified(IpPrefix prefix, PortRange ports) => PrefixSet.From([new PortedRange(new IpRange(prefix), ports)], []);
}
