using Sluice.Config;
using Sluice.Packets.Addresses;
using Sluice.Policy.SourceNats;
using Sluice.Sessions;

namespace Sluice.Policy.Kinds;

/// <summary>What names in a document stand for in the policy that is being compiled.</summary>
public sealed class NatNames
{
    private readonly ConfigSet config;
    private readonly RealmRegistry realms;
    private readonly PolicyTables tables;
    private readonly NatDocument document;

    internal NatNames(ConfigSet config, RealmRegistry realms, PolicyTables tables, NatDocument document)
    {
        this.config = config;
        this.realms = realms;
        this.tables = tables;
        this.document = document;
    }

    /// <summary>The number of a realm.</summary>
    public ushort Realm(string name) => realms.TryGet(name, out ushort number) ? number : RealmRegistry.None;

    /// <summary>Links, as <see cref="NatRule.Leave"/> is told of them.</summary>
    public LinkSet Links(IEnumerable<string> names)
    {
        string[] all = [.. config.Gateway.Links.Select(static link => link.Name)];
        return LinkSet.Of(names.Select(name => Array.IndexOf(all, name)).Where(static number => number >= 0));
    }

    /// <summary>A pool for <see cref="NatRule.TakeSource"/>: public addresses in a realm, with ports by the document's profile.</summary>
    public int Pool(string realm, params ReadOnlySpan<IpRange> addresses) =>
        tables.AddPool(new PoolDefinition(Realm(realm), [.. addresses], ProfileCompiler.Compile(config.ProfileNamed(document.Profile))));
}
