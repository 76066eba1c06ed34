namespace Sluice.Benchmarks;

/// <summary>How a benchmark runs.</summary>
internal sealed record BenchOptions
{
    /// <summary>JSON on standard output instead of a table.</summary>
    public bool Json { get; init; }

    /// <summary>A fifth of the time: fewer rounds, up to a million sessions.</summary>
    public bool Quick { get; init; }

    /// <summary>Only the rows with so many sessions; 0: all.</summary>
    public uint Sessions { get; init; }

    /// <summary>Only this suite of rows; null: all.</summary>
    public string? Only { get; init; }

    /// <summary>What random traffic is drawn from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Runs of each case; the cases of a size take turns.</summary>
    public int Runs => 7;

    /// <summary>Fills of all buffers in a run.</summary>
    public int Rounds => Quick ? 4 : 16;

    /// <summary>Where the C version is built.</summary>
    public required string ArtifactsDirectory { get; init; }

    /// <summary>The C version's source.</summary>
    public required string CSource { get; init; }
}
