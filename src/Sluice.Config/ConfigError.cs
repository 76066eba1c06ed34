using System.Collections.Immutable;

namespace Sluice.Config;

/// <summary>Whether a problem stops a configuration.</summary>
public enum Severity : byte
{
    /// <summary>The configuration isn't accepted.</summary>
    Error,

    /// <summary>The configuration is accepted; the user should know.</summary>
    Warning,
}

/// <summary>One thing that is wrong, or worth a warning, in a configuration.</summary>
/// <param name="Place">The line of the value that is to blame.</param>
/// <param name="Path">The way to it inside its document, such as spec.peering.vpc-1.expose[0].ips[1].cidr.</param>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Message">A sentence for the reader.</param>
/// <param name="Severity">Whether it stops the configuration.</param>
public sealed record ConfigError(Place Place, string Path, ConfigRule Rule, string Message, Severity Severity = Severity.Error)
{
    /// <summary>The document that the place lies in, such as GatewayPeering 'web'; empty where it has no name.</summary>
    public string Document { get; init; } = "";

    /// <summary>The other places of a conflict.</summary>
    public ImmutableArray<Place> Others { get; init; } = [];

    /// <summary>Whether it stops the configuration.</summary>
    public bool IsError => Severity == Severity.Error;

    /// <summary>file:line:column: rule: document: message, with the other places of a conflict at the end.</summary>
    public override string ToString()
    {
        string text = $"{Place}: {(IsError ? "" : "warning: ")}{Rule}: {(Document.Length == 0 ? "" : $"{Document}: ")}{Message}";
        return Others.IsEmpty ? text : $"{text} (see {string.Join(", ", Others)})";
    }
}
