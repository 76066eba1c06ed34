using Sluice.Config;
using Sluice.Config.Kinds;

namespace Sluice.Gateway.Replay;

/// <summary>What is asked of a replay.</summary>
public sealed record ReplayOptions
{
    /// <summary>The configuration's files.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Links and the captures of what comes in by them, in the order of the options.</summary>
    public required IReadOnlyList<(string Link, string File)> Inputs { get; init; }

    /// <summary>Where the results go.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>What random choices are drawn from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many workers the packets are split over.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Changes of configuration.</summary>
    public IReadOnlyList<ReplayChange> Changes { get; init; } = [];

    /// <summary>The time that the clock runs on to after the last packet, in nanoseconds.</summary>
    public long? UntilNanoseconds { get; init; }

    /// <summary>Kinds of documents that the program adds; null: none.</summary>
    public DocumentKinds? Kinds { get; init; }
}

/// <summary>A change of configuration at a time of the captures.</summary>
/// <param name="TimeNanoseconds">When: before the packets with that stamp.</param>
/// <param name="Files">The whole new configuration.</param>
public sealed record ReplayChange(long TimeNanoseconds, IReadOnlyList<string> Files);

/// <summary>How a replay ended.</summary>
/// <param name="Summary">What it came to; null where it could not run.</param>
/// <param name="BadInput">Whether configuration or captures were at fault; then nothing was written.</param>
/// <param name="Messages">What the user should know, a line each.</param>
public sealed record ReplayResult(ReplaySummary? Summary, bool BadInput, IReadOnlyList<string> Messages)
{
    /// <summary>The answers to the show lines of command files in force at the end, each behind its question.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];
}

/// <summary>A change whose files have been read.</summary>
internal sealed record LoadedChange(long TimeNanoseconds, LoadResult Loaded);
