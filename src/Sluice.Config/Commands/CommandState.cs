using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>What all command files of a configuration ask for together, until it is made into documents.</summary>
internal sealed class CommandState
{
    /// <summary>The profile of what commands ask for, where a startup section gives times.</summary>
    public const string ProfileName = "cnat";

    /// <summary>What the names of translations begin with; their ids follow.</summary>
    public const string NamePrefix = "cnat-";

    private readonly SortedDictionary<int, TranslationDocument> translations = [];
    private readonly HashSet<int> reserved = [];
    private Dictionary<TranslationKey, int>? byKey;
    private int nextId;
    private Place begin;

    /// <summary>The source-NAT policy.</summary>
    public SourceNatState SourceNat { get; } = new();

    /// <summary>What the startup section gives.</summary>
    public Startup Startup { get; } = new();

    /// <summary>What was asked to be shown.</summary>
    public List<CommandQuestion> Questions { get; } = [];

    /// <summary>
    /// Whether the lines are those that a running gateway was given: then they are done one after the other, and what a line says takes the place of what stood above it.
    /// In files, lines describe what is wanted in whatever order.
    /// </summary>
    public bool IsRunning { get; private set; }

    /// <summary>Told of each translation that a line adds, with the id that it asks for, and of each id that a line takes back.</summary>
    public Action<TranslationDocument?, int?>? Observe { get; init; }

    /// <summary>Told of each setting that a line decides, whatever the lines above it say of that.</summary>
    public Action<string>? Decided
    {
        init => SourceNat.Decided = Startup.Decided = value;
    }

    /// <summary>The id that a next translation gets.</summary>
    public int NextId => reserved.Count == 0 ? nextId : Math.Max(nextId, reserved.Max() + 1);

    /// <summary>The name of the translation with an id.</summary>
    public static string NameOf(int id) => string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{id}");

    /// <summary>A file of commands begins.</summary>
    public void Begin(Place place)
    {
        if (begin.File is null) begin = place;
        IsRunning = RunningCommands.Is(place.File);
        SourceNat.IsRunning = IsRunning;
    }

    /// <summary>Keeps an id for the line that asks for it, wherever that stands.</summary>
    public void Reserve(int id) => reserved.Add(id);

    /// <summary>Adds a translation under the id that it asks for, else under the next one: they count up from 0 and are not used again.</summary>
    public void Add(Place place, (int Id, Place Place)? asked, Func<string, TranslationDocument> make, Problems problems)
    {
        if (asked is { } given && translations.TryGetValue(given.Id, out TranslationDocument? other) && !(IsRunning && TranslationKey.Of(other) == TranslationKey.Of(make(""))))
        {
            problems.Error(given.Place, "", ConfigRule.DuplicateName, string.Create(CultureInfo.InvariantCulture, $"another translation has the id {given.Id}"), other.Place);
            return;
        }

        int? known = IsRunning && asked is null ? KnownAs(TranslationKey.Of(make(""))) : null;
        int id = asked?.Id ?? known ?? TakeNext();
        string name = NameOf(id);
        TranslationDocument made = make(name);
        translations[id] = made;
        byKey?.TryAdd(TranslationKey.Of(made), id);
        problems.Document(place, "Translation", name);
        Observe?.Invoke(made, asked?.Id);
    }

    /// <summary>Takes a translation back. One that isn't there is as if it were: it is gone.</summary>
    public void Delete(int id, Place place, Problems problems)
    {
        Observe?.Invoke(null, id);
        if (!translations.Remove(id) && Observe is null)
            problems.Warning(place, "", ConfigRule.Ignored, string.Create(CultureInfo.InvariantCulture, $"no translation above has the id {id}"));
        byKey = null;
    }

    /// <summary>Takes all translations back.</summary>
    public void Purge()
    {
        translations.Clear();
        byKey = null;
    }

    /// <summary>Makes the documents.</summary>
    public void Finish(Asked asked, Problems problems)
    {
        string? profile = null;
        if (Startup.Timers != TimerSpec.Empty)
        {
            // What the section doesn't say is as for everybody.
            NatProfileDocument usual = asked.Profiles.Find(given => given.Name == "default") ?? NatProfileDocument.BuiltIn;
            asked.Profiles.Add(usual with { Name = profile = ProfileName, Place = Startup.Place, NamePlace = Startup.Place, Timers = Startup.Timers.Or(usual.Timers), Given = [] });
        }

        int tableSize = Startup.MaglevTableSize ?? TranslationDocument.DefaultTableSize;
        foreach (TranslationDocument translation in translations.Values)
            asked.Translations.Add(translation with { Profile = profile, TableSize = translation.Maglev ? tableSize : TranslationDocument.DefaultTableSize });
        TellOfClientless(asked, problems);
        if (SourceNat.Make(profile, problems) is { } sourceNat) asked.SourceNats.Add(sourceNat);
        else asked.LinksOfCommands.AddRange(SourceNat.Links);
        asked.Questions.AddRange(Questions);
        asked.NextCommandId = NextId;
    }

    // In the reference a translation without client acts on links with the feature alone; here it acts on each link of the realm.
    private void TellOfClientless(Asked asked, Problems problems)
    {
        if (!SourceNat.HasFeatures || translations.Values.FirstOrDefault(static translation => translation.NoClient) is not { } clientless) return;
        foreach (LinkSpec link in asked.Gateways.SelectMany(static gateway => gateway.Links))
        {
            if (link.Realm != ConfigSet.DefaultRealm || SourceNat.HasFeature(link.Name, clientless.Address.Family)) continue;
            problems.Warning(clientless.Place, "", ConfigRule.Ignored, $"'noclient' translates on every link, on '{link.Name}' too, which has no feature: features are for source NAT alone");
            return;
        }
    }

    // A file's line that comes after one which asks for a higher id still gets the lowest that nobody asks for.
    private int TakeNext()
    {
        while (reserved.Contains(nextId)) nextId++;
        return nextId++;
    }

    private int? KnownAs(TranslationKey key)
    {
        if (byKey is null)
        {
            byKey = [];
            foreach ((int id, TranslationDocument translation) in translations) byKey.TryAdd(TranslationKey.Of(translation), id);
        }

        return byKey.TryGetValue(key, out int known) ? known : null;
    }
}

/// <summary>What the commands know a translation by: another line with the same is a change of it.</summary>
internal readonly record struct TranslationKey(IpAddress Address, string? Link, byte Protocol, PortRange Ports)
{
    public static TranslationKey Of(TranslationDocument translation) => new(translation.Address, translation.AddressOf?.Name, translation.Protocol, translation.Ports);
}
