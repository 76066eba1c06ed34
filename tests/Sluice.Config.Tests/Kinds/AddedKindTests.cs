using Sluice.Config.Comparison;
using Sluice.Config.Kinds;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Config.Tests.Kinds;

/// <summary>Documents of a kind that a program adds are read, judged and compared as the house's own.</summary>
public class AddedKindTests
{
    private const string Version = "tests.example/v1";

    private static readonly DocumentKinds Kinds = new(new DocumentKind("Box", Box.Read) { ApiVersion = Version }, new DocumentKind("Shelf", Shelf.Read));

    [Fact]
    public void A_document_of_an_added_kind_is_read()
    {
        ConfigSet set = Accepted(Document("{ realm: vpc-1, prefix: 192.0.2.0/24, lid: { color: red }, things: [{ size: 3 }] }", "b", "vpc-1"));

        var box = Assert.IsType<Box>(Assert.Single(set.Added));
        Assert.Equal("b", box.Name);
        Assert.Equal("Box", box.Kind.Name);
        Assert.Equal("vpc-1", box.Realm);
        Assert.Equal(IpPrefix.Parse("192.0.2.0/24"), box.Prefix);
        Assert.Equal(new Place("t.yaml", 8, 1), box.Place);
        Assert.Same(Kinds, set.Kinds);
    }

    [Theory]
    [InlineData("{ prefix: 192.0.2.0/33 }", ConfigRule.Invalid, 5, 17, "spec.prefix", "'192.0.2.0/33' is not a prefix such as 10.0.0.0/24")]
    [InlineData("{ prefix: 192.0.2.0/24, prefx: a }", ConfigRule.UnknownField, 5, 31, "spec.prefx", "unknown field 'prefx'; did you mean 'prefix'?")]
    [InlineData("{ prefx: 192.0.2.0/24 }", ConfigRule.UnknownField, 5, 9, "spec.prefx", "unknown field 'prefx'; did you mean 'prefix'?")]
    [InlineData("{ realm: default }", ConfigRule.MissingParameter, 5, 7, "spec", "'prefix' is missing")]
    [InlineData("{ prefix: 192.0.2.0/24, lid: { colour: red } }", ConfigRule.UnknownField, 5, 38, "spec.lid.colour", "unknown field 'colour'; did you mean 'color'?")]
    [InlineData("{ prefix: 192.0.2.0/24, things: [{ size: 11 }] }", ConfigRule.Invalid, 5, 48, "spec.things[0].size", "'11' is not a whole number from 1 to 10")]
    [InlineData("{ prefix: 192.0.2.0/24, links: [eth9] }", ConfigRule.NoSuchLink, 5, 39, "spec.links", "no link is named 'eth9'")]
    [InlineData("{ prefix: 192.0.2.0/24, profile: fast }", ConfigRule.NoSuchProfile, 5, 40, "spec.profile", "no NatProfile is named 'fast'; known here: default")]
    [InlineData("{ prefix: 192.0.2.0/24, realm: vpc-9 }", ConfigRule.NoSuchVpc, 5, 38, "spec.realm", "no VPCInfo and no entry of 'realms' is named 'vpc-9'; did you mean 'vpc-1'?")]
    [InlineData("{ prefix: 192.0.2.0/30 }", ConfigRule.Forbidden, 5, 17, "spec.prefix", "a box is at least a /29")]
    [InlineData("5", ConfigRule.WrongType, 5, 7, "spec", "expected a mapping of fields, found a number: 5")]
    public void What_is_wrong_is_said_at_its_place(string spec, ConfigRule rule, int line, int column, string path, string message)
    {
        LoadResult result = ConfigLoader.LoadTexts([("t.yaml", $"apiVersion: {Version}\nkind: Box\nmetadata: {{ name: b }}\n# A comment.\nspec: {spec}\n"), ("g.yaml", Gateway("vpc-1"))], Kinds);

        Assert.Null(result.Set);
        ConfigError error = Assert.Single(result.Problems);
        Assert.Equal((rule, message, path), (error.Rule, error.Message, error.Path));
        Assert.Equal(new Place("t.yaml", line, column), error.Place);
        Assert.Equal("Box 'b'", error.Document);
    }

    [Fact]
    public void Without_the_kind_its_documents_are_unknown()
    {
        Assert.Equal([ConfigRule.UnknownKind], ConfigLoader.LoadText("t.yaml", Document("{}")).Errors());
        ConfigError error = Assert.Single(ConfigLoader.LoadText("t.yaml", Document("{}").Replace("kind: Box", "kind: Bx", StringComparison.Ordinal), Kinds).Problems);
        Assert.Equal($"unknown kind 'Bx' of {Version}; did you mean 'Box'?", error.Message);
    }

    [Fact]
    public void A_kind_may_stand_beside_the_houses_own_under_their_version()
    {
        ConfigSet set = Accepted("apiVersion: sluice.dev/v1alpha1\nkind: Shelf\nmetadata: { name: s }\nspec: {}\n" + Document("{ prefix: 192.0.2.0/24 }"));

        Assert.Equal(["Box", "Shelf"], set.Added.Select(document => document.Kind.Name));
        Assert.Throws<ArgumentException>(() => new DocumentKinds(new DocumentKind("SourceNat", Shelf.Read)));
        Assert.Throws<ArgumentException>(() => new DocumentKinds(new DocumentKind("Shelf", Shelf.Read), new DocumentKind("Shelf", Shelf.Read)));
        Assert.Throws<ArgumentException>(() => new DocumentKinds(new DocumentKind("Shelf", Shelf.Read) { ApiVersion = Samples.Fabric }));
    }

    [Fact]
    public void Two_of_a_kind_have_two_names()
    {
        ConfigError error = Assert.Single(ConfigLoader.LoadText("t.yaml", Document("{ prefix: 192.0.2.0/24 }") + Document("{ prefix: 198.51.100.0/24 }"), Kinds).Problems);

        Assert.Equal((ConfigRule.DuplicateName, "Box 'b' is here twice"), (error.Rule, error.Message));
    }

    [Theory]
    [InlineData("kind: Translation\nmetadata: { name: v }\nspec: { realm: vpc-1, address: 192.0.2.7, port: 80, backends: [] }", "192.0.2.7 is the virtual IP 'v'")]
    [InlineData("kind: Gateway\nmetadata: { name: g }\nspec: { realms: [{ name: vpc-1 }], links: [{ name: l, driver: tun, realm: vpc-1, addresses: [192.0.2.255/24] }] }", "192.0.2.255 is the gateway's own address on link l")]
    [InlineData("kind: SourceNat\nmetadata: { name: n }\nspec: { realm: vpc-1, addresses: [192.0.1.0-192.0.2.0] }", "SourceNat 'n' has 192.0.1.0-192.0.2.0")]
    [InlineData(
        "kind: Peering\nmetadata: { name: p }\nspec: { peering: { vpc-1: { expose: [{ ips: [{ cidr: 10.1.0.0/16 }] }] }, vpc-2: { expose: [{ ips: [{ cidr: 10.0.0.0/25 }], as: [{ cidr: 192.0.2.0/25 }], nat: { static: {} } }] } } }",
        "peering 'p' shows 192.0.2.0/25 of 'vpc-2' there")]
    public void Addresses_that_a_document_takes_are_nobody_elses(string other, string whose)
    {
        string text = Document("{ realm: vpc-1, prefix: 192.0.2.0/24 }") + $"---\napiVersion: sluice.dev/v1alpha1\n{other}\n";
        LoadResult result = ConfigLoader.LoadTexts([("t.yaml", text)], allowUnsupported: true, Kinds);

        ConfigError error = Assert.Single(result.Problems);
        Assert.Equal((ConfigRule.OverlappingPrefixes, "spec.prefix"), (error.Rule, error.Path));
        Assert.Equal($"192.0.2.0/24 of realm 'vpc-1' is somebody else's too: {whose}", error.Message);
        Assert.NotEmpty(error.Others);
        Assert.NotNull(ConfigLoader.LoadTexts([("t.yaml", text.Replace("prefix: 192.0.2.0/24", "prefix: 192.0.3.0/24", StringComparison.Ordinal))], allowUnsupported: true, Kinds).Set);
    }

    [Fact]
    public void Two_documents_take_different_addresses_of_a_realm()
    {
        string[] prefixes = ["192.0.2.0/24", "192.0.2.128/25", "192.0.2.192/26", "192.0.3.0/24"];
        string text = string.Concat(prefixes.Select((prefix, i) => Document($"{{ prefix: {prefix} }}", $"b{i}")));

        Assert.Equal([ConfigRule.OverlappingPrefixes, ConfigRule.OverlappingPrefixes], ConfigLoader.LoadText("t.yaml", text, Kinds).Errors());
    }

    [Fact]
    public void What_is_read_is_what_is_compared()
    {
        ConfigSet old = Accepted(Document("{ prefix: 192.0.2.0/24, lid: { color: red } }")), same = Accepted(Document("{ lid: { color: 'red' }, prefix: \"192.0.2.0/24\" }"));
        ConfigSet next = Accepted(Document("{ prefix: 192.0.3.0/24, lid: { color: red }, things: [{ size: 2 }] }"));

        Assert.Empty(ConfigComparison.Compare(old, same));
        ConfigChange change = Assert.Single(ConfigComparison.Compare(old, next));
        Assert.Equal(("Box", "b", ConfigChangeKind.Changed), (change.Item.Kind, change.Item.Name, change.Change));
        Assert.Equal([("prefix", "192.0.2.0/24", "192.0.3.0/24"), ("things[0].size", null, "2")], change.Fields.Select(field => (field.Name, field.From, (string?)field.To)));
    }

    private static string Document(string spec, string name = "b", string? realm = null) =>
        (realm is null ? "" : Gateway(realm)) + $"---\napiVersion: {Version}\nkind: Box\nmetadata: {{ name: {name} }}\nspec: {spec}\n";

    private static string Gateway(string realm) =>
        $"---\napiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: {{ name: g }}\nspec:\n  {{ realms: [{{ name: {realm} }}], links: [{{ name: l, driver: tun, realm: {realm} }}] }}\n";

    private static ConfigSet Accepted(string yaml)
    {
        LoadResult result = ConfigLoader.LoadText("t.yaml", yaml, Kinds);
        Assert.True(result.Set is not null, string.Join('\n', result.Problems));
        return result.Set;
    }

    private sealed record Box : AddedDocument
    {
        public required string Realm { get; init; }

        public required IpPrefix Prefix { get; init; }

        public static Box? Read(SpecFields spec)
        {
            string realm = spec.Realm();
            IpPrefix? prefix = spec.RequirePrefix("prefix");
            spec.Links();
            spec.Profile();
            spec.Mapping("lid").Text("color");
            foreach (SpecFields thing in spec.Mappings("things")) thing.Int("size", 1, 10);
            if (prefix is not { } given) return null;
            if (given.Length > 29) spec.Error("prefix", ConfigRule.Forbidden, "a box is at least a /29");
            return new Box { Realm = realm, Prefix = given, Owned = [spec.Owned("prefix", realm, new IpRange(given))] };
        }
    }

    private sealed record Shelf : AddedDocument
    {
        public static Shelf Read(SpecFields spec) => new();
    }
}
