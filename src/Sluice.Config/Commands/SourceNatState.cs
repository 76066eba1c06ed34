using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>The source-NAT policy that commands put together, in whatever order.</summary>
internal sealed class SourceNatState
{
    private const string Name = "cnat";

    private readonly List<(IpAddress Address, Place Place)> addresses = [];
    private readonly List<NamedSpec> addressesOf = [];
    private readonly List<IpPrefix> exclude = [];
    private readonly List<RewriteSpec> rewrites = [];
    private readonly List<NamedSpec>[] tables = [[], [], [], []];
    private readonly List<NamedSpec> featuresV4 = [];
    private readonly List<NamedSpec> featuresV6 = [];
    private (SourceNatPolicy Policy, Place Place)? policy;
    private Place begin;
    private Place needsAddress;
    private bool isDeleted;

    /// <summary>Whether a line takes the place of what stood above it; see <see cref="CommandState.IsRunning"/>.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Told of each setting that a line decides; null: nobody wants to know.</summary>
    public Action<string>? Decided { get; set; }

    /// <summary>Every link that is named.</summary>
    public IEnumerable<NamedSpec> Links => [.. featuresV4, .. featuresV6.Where(link => !HasFeature(link.Name, IpFamily.V4)), .. tables.SelectMany(static table => table)];

    /// <summary>Whether any link has the feature.</summary>
    public bool HasFeatures => featuresV4.Count + featuresV6.Count > 0;

    /// <summary>Addresses are given: those of the same families that a running gateway had before are given up.</summary>
    public void Begin(bool hasV4, bool hasV6, bool hasLinks)
    {
        if (!IsRunning) return;
        DecideAddresses(hasV4 || hasLinks, hasV6 || hasLinks);
        addresses.RemoveAll(known => hasLinks || (known.Address.Family == IpFamily.V4 ? hasV4 : hasV6));
        addressesOf.Clear();
    }

    public void AddAddress(IpAddress address, Place place, Place line)
    {
        if (!addresses.Exists(known => known.Address == address)) addresses.Add((address, place));
        Begin(line);
    }

    public void AddAddressOf(NamedSpec link, Place line)
    {
        Add(addressesOf, link);
        Begin(line);
    }

    /// <summary>Takes all addresses back: nothing is source-NATed.</summary>
    public void DeleteAddresses()
    {
        DecideAddresses(v4: true, v6: true);
        addresses.Clear();
        addressesOf.Clear();
        begin = default;
        isDeleted = true;
    }

    public void Exclude(IpPrefix prefix, Place line)
    {
        DecideExclude(prefix);
        if (!exclude.Contains(prefix)) exclude.Add(prefix);
        Needs(line);
    }

    public void DeleteExclude(IpPrefix prefix)
    {
        DecideExclude(prefix);
        exclude.Remove(prefix);
    }

    public void Rewrite(RewriteSpec rewrite, Place line)
    {
        DeleteRewrite(rewrite.Prefix, rewrite.MatchSource);
        rewrites.Add(rewrite);
        Needs(line);
    }

    public void DeleteRewrite(IpPrefix prefix, bool matchSource)
    {
        Decided?.Invoke($"rewrite {prefix} {matchSource}");
        rewrites.RemoveAll(known => known.Prefix == prefix && known.MatchSource == matchSource);
    }

    /// <summary>Adds a link to a table, in the order of <see cref="SourceNatTables"/>.</summary>
    public void AddToTable(int table, NamedSpec link, Place line)
    {
        DecideTable(table, link);
        Add(tables[table], link);
        Needs(line);
    }

    public void DeleteFromTable(int table, NamedSpec link)
    {
        DecideTable(table, link);
        Delete(tables[table], link);
    }

    public void Choose(SourceNatPolicy chosen, Place place, Problems problems)
    {
        if (IsRunning)
        {
            Decided?.Invoke("policy");
            policy = (chosen, place);
        }
        else if (policy is { } known && known.Policy != chosen)
        {
            problems.Error(place, "", ConfigRule.Invalid, "another policy is chosen elsewhere: source NAT of command lines has one", known.Place);
            return;
        }

        policy ??= (chosen, place);
        Needs(place);
    }

    public void SetFeature(IpFamily family, NamedSpec link, bool enable)
    {
        Decided?.Invoke($"feature {family} {link.Name}");
        List<NamedSpec> features = family == IpFamily.V4 ? featuresV4 : featuresV6;
        if (enable) Add(features, link);
        else Delete(features, link);
    }

    /// <summary>Whether a link has the feature of a family.</summary>
    public bool HasFeature(string link, IpFamily family) => (family == IpFamily.V4 ? featuresV4 : featuresV6).Exists(known => known.Name == link);

    /// <summary>The document; null where no address is given.</summary>
    public SourceNatDocument? Make(string? profile, Problems problems)
    {
        if (addresses.Count == 0 && addressesOf.Count == 0)
        {
            if (needsAddress.File is null) return null;
            const string message = "source NAT has no address: say 'set cnat snat-policy addr ADDRESS'";
            if (isDeleted) problems.Warning(needsAddress, "", ConfigRule.Ignored, message);
            else problems.Error(needsAddress, "", ConfigRule.MissingParameter, message);
            return null;
        }

        HashSet<string> v4 = [.. featuresV4.Select(link => link.Name)], v6 = [.. featuresV6.Select(link => link.Name)];
        if (v4.Count + v6.Count == 0)
            problems.Warning(begin, "", ConfigRule.Ignored, "no link has the feature (set cnat feature LINK): nothing is source-NATed");
        problems.Document(begin, "SourceNat", Name);
        return new SourceNatDocument
        {
            Name = Name,
            Place = begin,
            NamePlace = begin,
            RealmPlace = begin,
            AddressesPlace = begin,
            ProfilePlace = begin,
            Links = [.. featuresV4.Where(link => v6.Contains(link.Name))],
            LinksV4 = [.. featuresV4.Where(link => !v6.Contains(link.Name))],
            LinksV6 = [.. featuresV6.Where(link => !v4.Contains(link.Name))],
            CoversNoLink = v4.Count + v6.Count == 0,
            Addresses = [.. addresses.Select(given => new IpRange(given.Address, given.Address))],
            AddressesOf = [.. addressesOf],
            Exclude = [.. exclude],
            Policy = policy?.Policy ?? SourceNatPolicy.None,
            Tables = new SourceNatTables([.. tables[0]], [.. tables[1]], [.. tables[2]], [.. tables[3]]),
            Rewrites = [.. rewrites],
            Profile = profile,
        };
    }

    // A line with an address of one family takes the place of links too.
    private void DecideAddresses(bool v4, bool v6)
    {
        if (v4) Decided?.Invoke("addresses v4");
        if (v6) Decided?.Invoke("addresses v6");
        Decided?.Invoke("addresses of links");
    }

    private void DecideExclude(IpPrefix prefix) => Decided?.Invoke($"exclude {prefix}");

    private void DecideTable(int table, NamedSpec link) => Decided?.Invoke($"table {table} {link.Name}");

    private void Begin(Place line)
    {
        if (begin.File is null) begin = line;
    }

    private void Needs(Place line)
    {
        if (needsAddress.File is null) needsAddress = line;
    }

    private static void Add(List<NamedSpec> links, NamedSpec link)
    {
        if (!links.Exists(known => known.Name == link.Name)) links.Add(link);
    }

    private static void Delete(List<NamedSpec> links, NamedSpec link) => links.RemoveAll(known => known.Name == link.Name);
}
