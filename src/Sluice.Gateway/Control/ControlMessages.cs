using System.Text.Json;
using Sluice.Config;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>What a program asks of a running gateway: one JSON object on one line.</summary>
/// <param name="Command">show, apply, diff, explain, sessions or cnat.</param>
/// <param name="What">With show: one of <see cref="ControlHandler.Shows"/>; with sessions: list, count, delete, set or watch.</param>
/// <param name="Limit">With show: the most rows of an answer.</param>
/// <param name="Filter">With show: only rows that contain this text (an address, a protocol, a realm).</param>
/// <param name="Files">With apply and diff: the whole new configuration.</param>
/// <param name="Packet">With explain: the packet.</param>
/// <param name="Sessions">With sessions, and with show sessions: which.</param>
/// <param name="Lines">With cnat: command lines.</param>
/// <param name="Name">With show translations and show sources: only the one of this name.</param>
public sealed record ControlRequest(
    string Command,
    string? What = null,
    int Limit = ControlRequest.DefaultLimit,
    string? Filter = null,
    IReadOnlyList<ConfigText>? Files = null,
    ExplainQuestion? Packet = null,
    SessionRequest? Sessions = null,
    string? Lines = null,
    string? Name = null)
{
    /// <summary>Rows of an answer where none are asked for.</summary>
    public const int DefaultLimit = 100;

    /// <summary>The most rows that an answer has, whatever is asked for.</summary>
    public const int LimitMax = 100_000;
}

/// <summary>What the gateway answers: one JSON object on one line.</summary>
/// <param name="Ok">Whether the request was done.</param>
/// <param name="Error">Why not, as a sentence.</param>
/// <param name="Result">What was asked for; with a configuration that is refused, what is wrong with it.</param>
public sealed record ControlAnswer(bool Ok, string? Error, JsonElement? Result)
{
    /// <summary>A refusal.</summary>
    public static ControlAnswer Refused(string error) => new(Ok: false, error, Result: null);
}
