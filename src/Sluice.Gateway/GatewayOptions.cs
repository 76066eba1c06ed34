using Sluice.Config.Kinds;

namespace Sluice.Gateway;

/// <summary>What is asked of a running gateway.</summary>
public sealed record GatewayOptions
{
    /// <summary>The configuration's files and directories.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Whether changed files are applied.</summary>
    public bool Watch { get; init; }

    /// <summary>The control socket; null: what the configuration says, else the usual place.</summary>
    public string? Socket { get; init; }

    /// <summary>Whether the log is JSON.</summary>
    public bool JsonLog { get; init; }

    /// <summary>Kinds of documents that the program adds; null: none.</summary>
    public DocumentKinds? Kinds { get; init; }
}

/// <summary>How a gateway's run ended.</summary>
public enum GatewayEnd
{
    /// <summary>It was asked to stop.</summary>
    Stopped,

    /// <summary>The configuration is wrong; nothing was started.</summary>
    BadConfiguration,

    /// <summary>A device, a privilege or the control socket is missing, or a part of it failed.</summary>
    Failed,
}
