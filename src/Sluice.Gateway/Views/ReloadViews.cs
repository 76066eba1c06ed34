using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>What came of a new configuration, or would come of it: what <c>sluice apply</c> and <c>sluice diff</c> print.</summary>
/// <param name="Accepted">Whether it is right. If it isn't, nothing changed.</param>
/// <param name="Generation">The number of the configuration that is in force now.</param>
/// <param name="Problems">What is wrong with it, and what the user should know.</param>
/// <param name="Changes">What it asks for otherwise than the one before.</param>
/// <param name="Sessions">What becomes of the live sessions; null where it is refused.</param>
public sealed record ReloadView(
    bool Accepted,
    long Generation,
    IReadOnlyList<ProblemView> Problems,
    IReadOnlyList<ChangeView> Changes,
    SessionFatesView? Sessions);

/// <summary>Something that is wrong with a configuration, or worth a warning.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Message">A sentence for the reader.</param>
/// <param name="Path">The way to the value inside its document.</param>
/// <param name="Severity">error or warning.</param>
/// <param name="Text">All of it in one line: file:line:column: rule: message.</param>
public sealed record ProblemView(string File, int Line, int Column, string Rule, string Message, string Path, string Severity, string Text);

/// <summary>One difference between the configuration in force and a new one.</summary>
/// <param name="Change">added, removed or changed.</param>
/// <param name="Kind">What: Gateway, link, realm, VPCInfo, NatProfile, Peering, expose, rule, Translation, SourceNat.</param>
/// <param name="Name">Which.</param>
/// <param name="Place">Where it stands; of something removed, where it stood.</param>
/// <param name="Fields">What it says, or with changed what differs.</param>
public sealed record ChangeView(string Change, string Kind, string Name, string Place, IReadOnlyList<FieldChangeView> Fields);

/// <summary>One field of a difference.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">What it said; absent: nothing.</param>
/// <param name="To">What it says; absent: nothing.</param>
public sealed record FieldChangeView(
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? From,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? To);

/// <summary>What becomes of the live sessions under a new configuration.</summary>
/// <param name="Kept">They go on under the same rule.</param>
/// <param name="Moved">They go on, and another rule answers for them.</param>
/// <param name="Ended">They end.</param>
/// <param name="Reasons">The ended ones by reason.</param>
/// <param name="Rules">All of them by fate and rule: first what ends, then what moves, then what stays.</param>
public sealed record SessionFatesView(
    long Kept,
    long Moved,
    long Ended,
    IReadOnlyDictionary<string, long> Reasons,
    IReadOnlyList<SessionFateView> Rules);

/// <summary>Sessions of one rule that share a fate.</summary>
/// <param name="Fate">kept, moved or ended.</param>
/// <param name="Sessions">How many.</param>
/// <param name="Rule">The rule that answered for them before.</param>
/// <param name="Place">Where it stands: file:line:column.</param>
/// <param name="NewRule">Of moved ones: the rule that answers for them now.</param>
/// <param name="NewPlace">Of moved ones: where that stands.</param>
/// <param name="Reason">Of ended ones: why.</param>
public sealed record SessionFateView(
    string Fate,
    long Sessions,
    string Rule,
    string Place,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NewRule = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NewPlace = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null);
