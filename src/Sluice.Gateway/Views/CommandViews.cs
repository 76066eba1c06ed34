using System.Text.Json.Serialization;

namespace Sluice.Gateway.Views;

/// <summary>What came of Cloud NAT commands: what <c>sluice cnat</c> prints.</summary>
/// <param name="Accepted">Whether they are right. If one isn't, none was done.</param>
/// <param name="Generation">The number of the configuration that is in force now.</param>
/// <param name="Problems">What is wrong with them, and what the user should know.</param>
/// <param name="Commands">One for each, in their order.</param>
/// <param name="Sessions">What becomes of the live sessions; null where nothing was changed.</param>
public sealed record CommandsView(
    bool Accepted,
    long Generation,
    IReadOnlyList<ProblemView> Problems,
    IReadOnlyList<CommandView> Commands,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SessionFatesView? Sessions);

/// <summary>What came of one command.</summary>
/// <param name="Line">The line that it stands in, from 1.</param>
/// <param name="Result">added, changed, deleted, set, purged, answered, or nothing.</param>
/// <param name="Id">The translation that was added or changed.</param>
/// <param name="Lines">The answer to a question, else a sentence.</param>
public sealed record CommandView(
    int Line,
    string Result,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Id,
    IReadOnlyList<string> Lines);
