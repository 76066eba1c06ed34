using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sluice.Config.Documents;
using Sluice.Config.Kinds;
using Sluice.Config.Reading;

namespace Sluice.Config.Validation;

/// <summary>Judges a whole configuration and makes its accepted form.</summary>
internal sealed class Validator(Asked asked, Problems problems, DocumentKinds kinds)
{
    private readonly RealmRules realms = new(asked, problems);
    private readonly OverlayRules overlay = new(problems);
    private readonly List<Peering> peerings = [];
    private readonly Dictionary<string, NatProfileDocument> profiles = new(StringComparer.Ordinal);

    /// <summary>The accepted configuration; null where there is an error.</summary>
    public ConfigSet? Run(bool allowUnsupported)
    {
        foreach (NatProfileDocument profile in asked.Profiles) profiles.TryAdd(profile.Name, profile);
        realms.Judge();
        new NameRules(asked, problems).Judge();
        LinkRules links = new(realms, problems);
        foreach (GatewayDocument gateway in asked.Gateways) links.Judge(gateway);
        JudgePeerings();
        overlay.Judge();
        new TranslationRules(asked, realms, links, ProfileExists, problems).Judge();
        new SourceNatRules(asked, problems).Judge(peerings);
        new AddedRules(asked, realms, links, ProfileExists, problems).Judge(peerings);

        // What is wrong for good comes first; what a later version does is said once all of it is right.
        if (problems.HasErrors) return null;
        if (!allowUnsupported) SupportCheck.Warn(asked.Profiles, problems);
        ConfigSet set = Accept();
        if (!allowUnsupported) SupportCheck.Judge(set, problems);
        return problems.HasErrors ? null : set;
    }

    private void JudgePeerings()
    {
        Dictionary<(string, string), PeeringDocument> pairs = [];
        foreach (PeeringDocument document in asked.Peerings)
        {
            PeeringEndSpec left = document.Ends[0], right = document.Ends[1];
            (string, string) pair = string.CompareOrdinal(left.Realm, right.Realm) < 0 ? (left.Realm, right.Realm) : (right.Realm, left.Realm);
            if (!pairs.TryAdd(pair, document))
            {
                problems.Error(left.Place, $"{document.Path}.peering", ConfigRule.DuplicateVpcPeerings,
                    $"'{pair.Item1}' and '{pair.Item2}' are joined by '{pairs[pair].Name}' and by '{document.Name}'", pairs[pair].Ends[0].Place);
            }

            bool known = RealmExists(document, left) & RealmExists(document, right);
            JudgePeering(document, left, right, known);
        }
    }

    // What is wrong at one end hides nothing at the other, nor between the parts of both that are right.
    private void JudgePeering(PeeringDocument document, PeeringEndSpec left, PeeringEndSpec right, bool known)
    {
        bool leftGood = JudgeEnd(document, left, out List<Expose> leftExposes), rightGood = JudgeEnd(document, right, out List<Expose> rightExposes);
        overlay.Add(document, left, right.Realm, leftExposes);
        overlay.Add(document, right, left.Realm, rightExposes);
        PeeringRules.Judge(document, leftExposes, rightExposes, problems);
        if (known) new AclRules(document, realms.FindVpc, problems).Judge(leftGood ? leftExposes : null, rightGood ? rightExposes : null);
        if (known && leftGood && rightGood)
            peerings.Add(new Peering(document, new PeeringEnd(left.Realm, [.. leftExposes]), new PeeringEnd(right.Realm, [.. rightExposes])));
    }

    private bool JudgeEnd(PeeringDocument document, PeeringEndSpec end, out List<Expose> exposes)
    {
        exposes = new List<Expose>(end.Exposes.Length);
        ExposeRules rules = new(document, end, realms.FindVpc(end.Realm), realms.Exists(end.Realm), problems);
        bool good = end.IsComplete;
        foreach (ExposeSpec spec in end.Exposes)
        {
            good &= rules.Judge(spec, exposes);
            if (spec.Nat is { Profile: { } profile } nat) ProfileExists(profile, nat.ProfilePlace, $"{document.PathOf(end, spec)}.nat");
        }

        new EndRules(document, end, problems).Judge(exposes);
        PortsLeftRule.Judge(document, end, exposes, expose => profiles.GetValueOrDefault(expose.Spec.Nat?.Profile ?? "default") ?? NatProfileDocument.BuiltIn, problems);
        return good;
    }

    private bool RealmExists(PeeringDocument document, PeeringEndSpec end)
    {
        if (realms.Exists(end.Realm)) return true;
        problems.Error(end.Place, $"{document.Path}.peering.{end.Realm}", ConfigRule.NoSuchVpc, realms.Unknown(end.Realm));
        return false;
    }

    private void ProfileExists(string? name, Place place, string path)
    {
        if (name is null or "default" || profiles.ContainsKey(name)) return;
        problems.Error(place, path, ConfigRule.NoSuchProfile, $"no NatProfile is named '{Nearest.Shown(name)}'; {Nearest.Hint(name, [.. profiles.Keys, "default"])}");
    }

    private ConfigSet Accept() => new(realms.All(), [.. asked.Profiles])
    {
        Gateway = asked.Gateways.Count > 0 ? asked.Gateways[0] : new GatewayDocument { Name = "", Place = new Place("(built in)", 0, 0) },
        Peerings = ImmutableCollectionsMarshal.AsImmutableArray(peerings.ToArray()),
        Translations = [.. asked.Translations],
        SourceNats = [.. asked.SourceNats],
        Questions = [.. asked.Questions],
        Added = [.. asked.Added.OrderBy(document => kinds.All.IndexOf(document.Kind))],
        Kinds = kinds,
        NextCommandId = asked.NextCommandId,
        Vpcs = [.. asked.Vpcs],
        FabricGateways = [.. asked.FabricGateways],
        Agent = asked.Agent,
        Warnings = [.. problems.Ordered().Where(problem => !problem.IsError)],
    };
}
