namespace Sluice.Config.Documents;

/// <summary>One document of a configuration: what a user asks for.</summary>
public abstract record Document
{
    /// <summary>metadata.name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the document begins.</summary>
    public required Place Place { get; init; }

    // Where its name stands: what a conflict of names points at.
    internal Place NamePlace
    {
        get => field.Line == 0 ? Place : field;
        init;
    }
}
