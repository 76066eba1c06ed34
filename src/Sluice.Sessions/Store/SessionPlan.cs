namespace Sluice.Sessions;

/// <summary>What a request leads to, as far as it can be told without a look at any table: worked out once, ahead of the session's turn or when it comes.</summary>
internal struct SessionPlan
{
    /// <summary>The hash of the original flow's key.</summary>
    public ulong OriginalHash;

    /// <summary>What ports are drawn from.</summary>
    public ulong Entropy;

    /// <summary>With an endpoint-independent pool: the hash that the source's mapping is found by.</summary>
    public ulong SourceHash;

    /// <summary>With a pool: the place of the address that the host is paired with.</summary>
    public int Place;

    /// <summary>Which ports the protocol has.</summary>
    public PortClass Ports;

    /// <summary>Whether it was worked out.</summary>
    public bool IsMade;
}
