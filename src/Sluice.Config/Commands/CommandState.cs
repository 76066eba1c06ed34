using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Config.Reading;

namespace Sluice.Config.Commands;

/// <summary>What all command files of a configuration ask for together, until it is made into documents.</summary>
internal sealed class CommandState
{
    /// <summary>The profile of what commands ask for, where a startup section gives times.</summary>
    public const string ProfileName = "cnat";

    private readonly SortedDictionary<int, TranslationDocument> translations = [];
    private int nextId;
    private Place begin;

    /// <summary>The source-NAT policy.</summary>
    public SourceNatState SourceNat { get; } = new();

    /// <summary>What the startup section gives.</summary>
    public Startup Startup { get; } = new();

    /// <summary>What was asked to be shown.</summary>
    public List<CommandQuestion> Questions { get; } = [];

    /// <summary>A file of commands begins.</summary>
    public void Begin(Place place)
    {
        if (begin.File is null) begin = place;
    }

    /// <summary>Adds a translation under the next id: they count up from 0 and are not used again.</summary>
    public void Add(Place place, Func<string, TranslationDocument> make, Problems problems)
    {
        int id = nextId++;
        string name = string.Create(CultureInfo.InvariantCulture, $"cnat-{id}");
        translations.Add(id, make(name));
        problems.Document(place, "Translation", name);
    }

    /// <summary>Takes a translation back. One that isn't there is as if it were: it is gone.</summary>
    public void Delete(int id, Place place, Problems problems)
    {
        if (!translations.Remove(id)) problems.Warning(place, "", ConfigRule.Ignored, string.Create(CultureInfo.InvariantCulture, $"no translation above has the id {id}"));
    }

    /// <summary>Takes all translations back.</summary>
    public void Purge() => translations.Clear();

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
        if (SourceNat.Make(profile, problems) is { } sourceNat) asked.SourceNats.Add(sourceNat);
        asked.Questions.AddRange(Questions);
    }
}
