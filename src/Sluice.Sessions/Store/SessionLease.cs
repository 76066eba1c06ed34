namespace Sluice.Sessions;

/// <summary>What a session holds of other tables: collected while it is made, so that a failure gives back exactly what was taken.</summary>
internal struct SessionLease
{
    /// <summary>What the request leads to, while the session is made.</summary>
    public SessionPlan Plan;

    /// <summary>The source's pool.</summary>
    public Pool? Pool;

    /// <summary>The host that is counted, or 0.</summary>
    public uint Host;

    /// <summary>As <see cref="SessionRecord.Source"/>.</summary>
    public uint Source;

    /// <summary>The public port, in host order.</summary>
    public ushort PublicPort;

    /// <summary>How the source's mapping was come by.</summary>
    public MappingUse SourceUse;

    /// <summary>The source's mapping's hash.</summary>
    public ulong SourceHash;

    /// <summary>As <see cref="SessionRecord.Destination"/>.</summary>
    public uint Destination;

    /// <summary>Whether the source has an endpoint-independent mapping.</summary>
    public readonly bool HasSourceMapping => Source != 0 && Pool!.IsEndpointIndependent;

    /// <summary>Whether the source shares a port of its own remote endpoint.</summary>
    public readonly bool HasSharedPort => Source != 0 && !Pool!.IsEndpointIndependent;
}
