namespace Sluice.Sessions;

/// <summary>What a TCP segment with a new flag, a SYN, a FIN or a RST means for its session.</summary>
public enum TcpOutcome : byte
{
    /// <summary>The segment belongs to the session: account it like any other.</summary>
    Continues = 0,

    /// <summary>A reset, credible or not: pass it on and count it, but write neither last-seen nor the acknowledged sequence; resets prolong nothing.</summary>
    Reset,

    /// <summary>A new connection begins on the tuple of a closing session: end that one and judge the segment as a first packet.</summary>
    Reopened,
}
