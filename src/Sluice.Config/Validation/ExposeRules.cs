using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges one expose and makes its effective form: exclusions applied, forwards split.</summary>
/// <remarks>Of a block, the first rule that it breaks is reported, at every place that breaks it: the rules after it would only say the same again.</remarks>
internal sealed class ExposeRules(PeeringDocument peering, PeeringEndSpec end, VpcDocument? vpc, bool realmExists, Problems problems)
{
    /// <summary>Adds what the block exposes; false where it is wrong.</summary>
    public bool Judge(ExposeSpec spec, List<Expose> into)
    {
        if (spec.IsDefault) return JudgeDefault(spec, into);
        if (!HasWhatItNeeds(spec) || !ResolveSubnets(ref spec) || !HasOneFamily(spec) || !SuitsItsNat(spec)) return false;
        PrefixSet privates = Collapse(spec, spec.Ips, "ips");
        PrefixSet publics = spec.Nat is null ? privates : Collapse(spec, spec.As, "as");
        if (privates.IsEmpty || publics.IsEmpty) return false;
        bool good = IsOrdinary(spec, privates, spec.Ips, "ips") & (spec.Nat is null || IsOrdinary(spec, publics, spec.As, "as"));
        if (!(SubnetRules.Judge(peering, end, vpc, spec, problems) & good)) return false;
        if (spec.Nat?.Kind == NatKind.PortForward) return ForwardRules.Judge(Fail, spec, privates, publics, into);
        if (spec.Nat?.Kind == NatKind.Static && privates.Count != publics.Count)
        {
            return Fail(spec.As[0].Place, spec, ".as", ConfigRule.MismatchedPrefixSizes,
                $"static NAT needs as many public as private addresses: {Size(privates)} in 'ips', {Size(publics)} in 'as'", spec.Ips[0].Place);
        }

        into.Add(new Expose { Spec = spec, Nat = spec.Nat?.Kind ?? NatKind.None, Private = privates, Public = publics });
        return true;
    }

    private static string Size(PrefixSet set)
    {
        System.Numerics.BigInteger count = set.Count;
        return count % 65536 == 0 ? $"{count / 65536}" : $"{count} address-port pairs";
    }

    private bool JudgeDefault(ExposeSpec spec, List<Expose> into)
    {
        if (!spec.Ips.IsEmpty || !spec.As.IsEmpty)
        {
            Place place = spec.Ips.IsEmpty ? spec.As[0].Place : spec.Ips[0].Place;
            return Fail(place, spec, spec.Ips.IsEmpty ? ".as" : ".ips", ConfigRule.Invalid, "a default expose has no prefixes: it is everything else");
        }

        if (spec.Nat is { } nat) return Fail(nat.Place, spec, ".nat", ConfigRule.Invalid, "a default expose has no NAT");
        into.Add(new Expose { Spec = spec, Nat = NatKind.None, Private = PrefixSet.Empty, Public = PrefixSet.Empty });
        return true;
    }

    private bool HasWhatItNeeds(ExposeSpec spec)
    {
        if (!HasIncluded(spec.Ips))
            return Fail(spec.Ips.IsEmpty ? spec.Place : spec.Ips[0].Place, spec, ".ips", ConfigRule.Forbidden, "Non-default expose cannot have empty 'ips' list");
        if (spec.Nat is { } nat && !HasIncluded(spec.As))
            return Fail(spec.As.IsEmpty ? nat.Place : spec.As[0].Place, spec, ".as", ConfigRule.Forbidden, "NAT needs public addresses: at least one 'cidr' in 'as'");
        if (spec.Nat is null && !spec.As.IsEmpty)
            return Fail(spec.As[0].Place, spec, ".as", ConfigRule.MissingParameter, "'as' has no meaning without 'nat': say how addresses are translated");
        return true;
    }

    private static bool HasIncluded(ImmutableArray<AddressEntry> entries)
    {
        foreach (AddressEntry entry in entries)
            if (!entry.IsExclusion) return true;
        return false;
    }

    private bool ResolveSubnets(ref ExposeSpec spec)
    {
        ImmutableArray<AddressEntry>.Builder? resolved = null;
        for (int i = 0; i < spec.Ips.Length; i++)
        {
            if (spec.Ips[i].Subnet is not { } name) continue;
            if (vpc is { IsExternal: true })
                return Fail(spec.Ips[i].Place, spec, $".ips[{i}].vpcSubnet", ConfigRule.Forbidden, $"'{end.Realm}' is an external: it has no subnets to name");
            if (!realmExists) return false;
            if (SubnetRules.Find(vpc, name) is not { } subnet)
                return Fail(spec.Ips[i].Place, spec, $".ips[{i}].vpcSubnet", ConfigRule.NoSuchSubnet, SubnetRules.Unknown(vpc, end.Realm, name));
            resolved ??= spec.Ips.ToBuilder();
            resolved[i] = spec.Ips[i] with { Addresses = new IpRange(subnet.Prefix) };
        }

        if (resolved is not null) spec = spec with { Ips = resolved.ToImmutable() };
        return true;
    }

    private bool HasOneFamily(ExposeSpec spec)
    {
        AddressEntry first = spec.Ips[0];
        bool good = true;
        foreach (AddressEntry entry in spec.Ips.AsSpan())
            if (entry.Addresses.Family != first.Addresses.Family) good = Mixed(spec, first, entry, "ips");
        foreach (AddressEntry entry in spec.As.AsSpan())
            if (entry.Addresses.Family != first.Addresses.Family) good = Mixed(spec, first, entry, "as");
        return good;
    }

    private bool Mixed(ExposeSpec spec, AddressEntry first, AddressEntry other, string list) =>
        Fail(other.Place, spec, $".{list}[{other.Index}]", ConfigRule.InconsistentIpVersion,
            $"{EntryText.Show(other)} and {EntryText.Show(first)} are not of one IP version", first.Place);

    private bool SuitsItsNat(ExposeSpec spec)
    {
        if (spec.Nat?.Kind is not (NatKind.Masquerade or NatKind.PortForward)) return true;
        bool forward = spec.Nat.Kind == NatKind.PortForward, good = true;
        foreach ((ImmutableArray<AddressEntry> entries, string list) in new[] { (spec.Ips, "ips"), (spec.As, "as") })
        {
            foreach (AddressEntry entry in entries)
            {
                if (forward && entry.IsExclusion)
                    good = Fail(entry.Place, spec, $".{list}[{entry.Index}].not", ConfigRule.Forbidden, "exclusions are not supported with port forwarding");
                if (!entry.Ports.IsAll)
                {
                    good = Fail(entry.Place, spec, $".{list}[{entry.Index}].ports", ConfigRule.Forbidden,
                        forward ? "the ports of a forward stand in its 'ports' list" : "Port ranges are not supported with masquerade");
                }
            }
        }

        return good;
    }

    private PrefixSet Collapse(ExposeSpec spec, ImmutableArray<AddressEntry> entries, string list)
    {
        List<PortedRange> included = new(entries.Length), excluded = [];
        foreach (AddressEntry entry in entries) (entry.IsExclusion ? excluded : included).Add(new PortedRange(entry.Addresses, entry.Ports));
        if (excluded.Count > 0) WarnOfUseless(spec, entries, included, list);
        PrefixSet set = PrefixSet.From(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(included), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(excluded));
        if (!set.IsEmpty) return set;
        AddressEntry blamed = entries.First(entry => entry.IsExclusion && included.Exists(range => range.Overlaps(new PortedRange(entry.Addresses, entry.Ports))));
        Fail(blamed.Place, spec, $".{list}", ConfigRule.ExcludedAllPrefixes, $"the exclusions leave nothing of '{list}'", entries.First(entry => !entry.IsExclusion).Place);
        return set;
    }

    private void WarnOfUseless(ExposeSpec spec, ImmutableArray<AddressEntry> entries, List<PortedRange> included, string list)
    {
        foreach (AddressEntry entry in entries)
        {
            PortedRange range = new(entry.Addresses, entry.Ports);
            if (!entry.IsExclusion || included.Exists(other => other.Overlaps(range))) continue;
            problems.Warning(entry.Place, $"{peering.PathOf(end, spec)}.{list}[{entry.Index}].not", ConfigRule.UselessExclusion,
                $"{EntryText.Show(entry)} is not in the list, so nothing is excluded");
        }
    }

    private bool IsOrdinary(ExposeSpec spec, PrefixSet set, ImmutableArray<AddressEntry> entries, string list)
    {
        HashSet<AddressEntry>? blamed = null;
        foreach (PortedPrefix piece in set.Items)
        {
            if (SpecialUse.Meets(piece.Prefix) is not var (special, name)) continue;
            AddressEntry entry = entries.First(entry => !entry.IsExclusion && entry.Addresses.Overlaps(new IpRange(piece.Prefix)));
            if ((blamed ??= new HashSet<AddressEntry>(ReferenceEqualityComparer.Instance)).Add(entry))
                Fail(entry.Place, spec, $".{list}[{entry.Index}]", ConfigRule.SpecialUsePrefix, $"{piece.Prefix} meets {special} ({name})");
        }

        return blamed is null;
    }

    private bool Fail(Place place, ExposeSpec spec, string path, ConfigRule rule, string message, params ReadOnlySpan<Place> others)
    {
        problems.Error(place, peering.PathOf(end, spec) + path, rule, message, others);
        return false;
    }
}
