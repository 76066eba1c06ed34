using Sluice.Policy;
using Sluice.Policy.Translations;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>Which accounts the numbers of a policy's decisions stand for, and the other way round.</summary>
/// <remarks>A policy numbers its backends anew; a backend that stays the same endpoint of a translation of the same name keeps its account.</remarks>
public sealed class AccountMap
{
    private readonly uint[] byBackend;
    private readonly int[] backends;

    // Services by the number of their rule, which grows with theirs.
    private readonly uint[] serviceRules;
    private readonly uint[] byService;

    // By the number that a decision has for a source-NAT policy; 0 is none.
    private readonly uint[] bySourceNat;

    // Rules of added kinds; their numbers follow each other.
    private readonly uint[] byRule;
    private readonly uint firstRule;

    private AccountMap(GatewayPolicy policy, Func<AccountName, AccountTerms, uint> numberOf)
    {
        int last = policy.Services.Count == 0 ? 0 : policy.Services[^1].FirstBackend + policy.Services[^1].Backends.Length - 1;
        byBackend = new uint[last + 1];
        serviceRules = new uint[policy.Services.Count];
        byService = new uint[policy.Services.Count];
        uint highest = 0;
        for (int index = 0; index < policy.Services.Count; index++)
        {
            VirtualService service = policy.Services[index];
            serviceRules[index] = service.Rule;
            byService[index] = numberOf(new AccountName(AccountKind.Translation, service.Name), default);
            for (int place = 0; place < service.Backends.Length; place++)
            {
                uint number = numberOf(NameOf(service, service.Backends[place]), new AccountTerms(service.DrainsRemoved, service.Backends[place].IsDirect));
                byBackend[service.FirstBackend + place] = number;
                highest = Math.Max(highest, number);
            }
        }

        bySourceNat = new uint[policy.SourceNats.Count + 1];
        for (int index = 0; index < policy.SourceNats.Count; index++)
            bySourceNat[index + 1] = numberOf(new AccountName(AccountKind.SourceNat, policy.SourceNats[index].Name), default);

        byRule = new uint[policy.NatRules.Count];
        firstRule = byRule.Length == 0 ? 0 : policy.NatRules[0].Number;
        for (int index = 0; index < byRule.Length; index++)
            byRule[index] = numberOf(new AccountName(AccountKind.Rule, policy.Rules[(int)policy.NatRules[index].Number].Name), default);

        // Of a backend that is listed twice the first one stands for both.
        backends = new int[highest + 1];
        for (int backend = last; backend > 0; backend--) backends[byBackend[backend]] = backend;
        backends[AccountTable.None] = 0;
    }

    /// <summary>The map of no policy.</summary>
    public static AccountMap Empty { get; } = new(new GatewayPolicy { Pools = [], Timers = [], Rules = [] }, static (_, _) => AccountTable.None);

    /// <summary>The map of a policy that comes into force: its accounts are held until <see cref="Release"/>.</summary>
    public static AccountMap Hold(GatewayPolicy policy, AccountTable accounts) => new(policy, (name, terms) => accounts.Hold(name, terms));

    /// <summary>The map of a policy that is only asked: what has no account yet has none.</summary>
    public static AccountMap Look(GatewayPolicy policy, AccountTable accounts) => new(policy, (name, _) => accounts.Find(name));

    /// <summary>The policy is no longer in force.</summary>
    public void Release(AccountTable accounts)
    {
        foreach (uint number in byBackend) accounts.Release(number);
        foreach (uint number in byService) accounts.Release(number);
        foreach (uint number in bySourceNat) accounts.Release(number);
        foreach (uint number in byRule) accounts.Release(number);
        accounts.Collect();
    }

    /// <summary>The account of a decision's backend.</summary>
    public uint OfBackend(int backend) => byBackend[backend];

    /// <summary>The account of what a decision gives a packet's source by: a source-NAT policy, or the rule of an added kind that decided; <see cref="AccountTable.None"/>: neither.</summary>
    public uint OfSource(in Decision decision)
    {
        if (decision.SourceNat != 0) return bySourceNat[decision.SourceNat];
        uint place = decision.Rule - firstRule;
        return place < (uint)byRule.Length ? byRule[place] : AccountTable.None;
    }

    /// <summary>The account of the translation whose rule decided; <see cref="AccountTable.None"/>: no translation did.</summary>
    public uint OfTranslation(uint rule)
    {
        int index = Array.BinarySearch(serviceRules, rule);
        return index < 0 ? AccountTable.None : byService[index];
    }

    /// <summary>The number that the policy has for the backend of an account; 0 where it lists it no more.</summary>
    public int BackendOf(uint account) => account < (uint)backends.Length ? backends[account] : 0;

    private static AccountName NameOf(VirtualService service, Backend backend) =>
        new(AccountKind.Backend, service.Name, backend.Address ?? default, backend.FirstPort ?? 0);
}
