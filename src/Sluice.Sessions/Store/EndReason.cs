namespace Sluice.Sessions;

/// <summary>Why a session ended; each has a counter.</summary>
public enum EndReason : byte
{
    /// <summary>Idle for longer than its state allows.</summary>
    Expired,

    /// <summary>The same tuple began again while the session was closing.</summary>
    Reopened,

    /// <summary>The configuration in force would drop it, send it elsewhere, or gives its public endpoint to another.</summary>
    PolicyChanged,

    /// <summary>A deny rule met one of its packets.</summary>
    Denied,

    /// <summary>The backend that it was translated to is gone.</summary>
    BackendRemoved,

    /// <summary>An operator deleted it.</summary>
    Deleted,
}
