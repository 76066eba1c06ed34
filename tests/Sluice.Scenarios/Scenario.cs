namespace Sluice.Scenarios;

/// <summary>A packet line with what is asked of its frame beyond it: <c>LINE | to 02:00:00:00:01:02 df</c>.</summary>
/// <param name="Link">The link that it comes in or leaves by.</param>
/// <param name="Packet">The line.</param>
/// <param name="Extras">Words behind the bar.</param>
/// <param name="Place">The line of the scenario.</param>
internal sealed record WrittenPacket(string Link, string Packet, string[] Extras, int Place);

/// <summary>One packet that comes in, and everything that must come of it.</summary>
internal sealed class Step(long timeNanoseconds, WrittenPacket packet)
{
    /// <summary>When, from the beginning of the scenario.</summary>
    public long TimeNanoseconds { get; } = timeNanoseconds;

    /// <summary>What comes in.</summary>
    public WrittenPacket Packet { get; } = packet;

    /// <summary>What leaves, in order for each link.</summary>
    public List<WrittenPacket> Leaving { get; } = [];

    /// <summary><c>forward</c>, <c>consume</c> or <c>drop REASON</c>.</summary>
    public string Verdict { get; set; } = "forward";

    /// <summary>The name of its session; <c>none</c> where it has none; null where nothing is said.</summary>
    public string? Session { get; set; }
}

/// <summary>A change of configuration.</summary>
/// <param name="TimeNanoseconds">When, from the beginning of the scenario.</param>
/// <param name="Files">Names of the new configuration's files.</param>
internal sealed record ScenarioChange(long TimeNanoseconds, string[] Files)
{
    /// <summary>What the error says where the change is refused; null where it is accepted.</summary>
    public string? Refused { get; set; }

    /// <summary>What leaves because of it, in order for each link.</summary>
    public List<WrittenPacket> Leaving { get; } = [];
}

/// <summary>One scenario: what is configured, what comes in, and what must come of it.</summary>
internal sealed class Scenario
{
    public string Title { get; set; } = "";

    /// <summary>Files of the configuration at the start: those of the <c>configurations</c> folder, and those written in the scenario.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Files written in the scenario, by name.</summary>
    public Dictionary<string, string> Written { get; } = new(StringComparer.Ordinal);

    public List<Step> Steps { get; } = [];

    public List<ScenarioChange> Changes { get; } = [];

    /// <summary>Links in the order of the options; others follow in the order of their first packet.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary><c>nanoseconds</c>, <c>microseconds</c> or <c>pcapng</c>.</summary>
    public string Format { get; set; } = "nanoseconds";

    public long? UntilNanoseconds { get; set; }

    /// <summary>Paths into the summary and what stands there.</summary>
    public List<(string Path, string Value)> Figures { get; } = [];

    /// <summary>Pools by address and protocol, and figures of theirs.</summary>
    public List<(string Address, string Protocol, string Figure, long Value)> Pools { get; } = [];

    /// <summary>What lines of the answers to <c>show</c> have in them, in this order.</summary>
    public List<string> Answers { get; } = [];

    /// <summary>Comparisons of names: <c>$p != $q</c>, <c>$p = 80</c>, <c>$p apart $q</c> (not neighbours), <c>$p in 1024-65535</c>.</summary>
    public List<string[]> Checks { get; } = [];
}
