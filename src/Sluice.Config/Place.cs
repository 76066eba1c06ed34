using System.Globalization;

namespace Sluice.Config;

/// <summary>Where something stands in a configuration: lines and columns count from 1.</summary>
public readonly record struct Place(string File, int Line, int Column) : IComparable<Place>
{
    /// <inheritdoc/>
    public int CompareTo(Place other)
    {
        int byFile = string.CompareOrdinal(File, other.File);
        if (byFile != 0) return byFile;
        int byLine = Line.CompareTo(other.Line);
        return byLine != 0 ? byLine : Column.CompareTo(other.Column);
    }

    /// <summary>file:line:column.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
