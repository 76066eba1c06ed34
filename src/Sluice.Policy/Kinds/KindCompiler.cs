using Sluice.Config;
using Sluice.Config.Kinds;

namespace Sluice.Policy.Kinds;

/// <summary>Has documents of added kinds compiled to their rules, and what they own written into the address spaces.</summary>
internal sealed class KindCompiler(ConfigSet config, RealmRegistry realms, PolicyTables tables, RealmSpace[] spaces)
{
    private readonly List<NatRule> rules = [];
    private readonly List<NatRule>?[] leaving = new List<NatRule>?[spaces.Length];

    internal NatRule[] Rules => [.. rules];

    internal NatRule[][] Leaving => rules.Count == 0 ? [] : [.. leaving.Select(static of => of?.ToArray() ?? [])];

    /// <summary>Whether rules are asked for what leaves a realm.</summary>
    internal bool HasLeaving(int realm) => leaving[realm] is not null;

    internal void Compile()
    {
        foreach (AddedDocument added in config.Added)
            if (added is NatDocument document) Compile(document);
    }

    private void Compile(NatDocument document)
    {
        NatRule rule = document.Compile(new NatNames(config, realms, tables, document));
        rule.Number = tables.AddRule($"{document.Kind.Name} {document.Name}", document.Place.ToString());
        rule.Timers = tables.AddTimers(ProfileCompiler.Compile(config.TimersOf(config.ProfileNamed(document.Profile))));
        foreach (OwnedAddresses owned in document.Owned)
            if (realms.TryGet(owned.Realm, out ushort realm)) spaces[realm].AddRuled(owned.Addresses, rules.Count);
        foreach (ushort realm in rule.LeavingRealms.Distinct())
            if (realm < leaving.Length) (leaving[realm] ??= []).Add(rule);
        rules.Add(rule);
    }
}
