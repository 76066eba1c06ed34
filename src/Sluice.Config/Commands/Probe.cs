namespace Sluice.Config.Commands;

/// <summary>What a command could go on with: gathered by its own reader, which meets a mark where the next word would stand. So the grammar is written once.</summary>
internal sealed class Probe
{
    /// <summary>The word that stands for one which isn't written yet. No text has it.</summary>
    public const string Mark = "\u0001";

    /// <summary>Words that may stand there.</summary>
    public List<string> Words { get; } = [];

    /// <summary>What else may stand there, in words.</summary>
    public List<string> Expected { get; } = [];

    /// <summary>Whether the name of a link may stand there.</summary>
    public bool TakesLink { get; private set; }

    /// <summary>Whether the id of a translation may stand there.</summary>
    public bool TakesTranslation { get; private set; }

    public void Offer(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
            if (!Words.Contains(word)) Words.Add(word);
    }

    public void Expect(string what)
    {
        if (!Expected.Contains(what)) Expected.Add(what);
    }

    public void ExpectLink() => TakesLink = true;

    public void ExpectTranslation() => TakesTranslation = true;
}
