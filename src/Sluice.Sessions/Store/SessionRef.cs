using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Where a session lies: valid until the worker that got it passes a burst boundary.</summary>
/// <param name="Family">The family of its flows.</param>
/// <param name="Line">The line of the direction that was asked about; of a new session, its original flow's.</param>
public readonly record struct SessionRef(IpFamily Family, uint Line)
{
    /// <summary>No session.</summary>
    public static SessionRef None => new(default, FlowLines.None);

    /// <summary>Whether it is a session at all.</summary>
    public bool IsNone => Line == FlowLines.None;
}
