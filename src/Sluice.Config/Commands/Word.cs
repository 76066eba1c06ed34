namespace Sluice.Config.Commands;

/// <summary>A word of a command line and where it begins.</summary>
internal readonly record struct Word(string Text, Place Place)
{
    /// <summary>The part of it from a character on.</summary>
    public Word From(int start) => new(Text[start..], Place with { Column = Place.Column + start });

    /// <summary>The part of it before a character.</summary>
    public Word Before(int end) => new(Text[..end], Place);

    /// <summary>Whether it is a number and nothing else.</summary>
    public bool IsDigits => Text.Length > 0 && !Text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
