using Sluice.Config;

namespace Sluice.Gateway.Composition;

/// <summary>The configuration that a gateway goes by.</summary>
/// <param name="Set">What it asks for.</param>
/// <param name="Texts">The files that it was read from.</param>
/// <param name="Generation">Its number: the GatewayAgent's own where one gives it, else one more than the last.</param>
/// <param name="AppliedAt">Since when.</param>
public sealed record ConfigInForce(ConfigSet Set, ConfigTexts Texts, long Generation, DateTimeOffset AppliedAt)
{
    /// <summary>Files of a configuration that was made of none.</summary>
    public static ConfigTexts NoTexts { get; } = new([], []);
}
