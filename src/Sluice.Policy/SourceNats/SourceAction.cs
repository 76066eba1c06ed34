namespace Sluice.Policy.SourceNats;

/// <summary>What a source-NAT policy does to the source of a packet that leaves.</summary>
internal enum SourceAction : byte
{
    /// <summary>The policy doesn't speak of it.</summary>
    Keep = 0,

    /// <summary>It becomes one of the policy's addresses, with a port of the pool.</summary>
    Take,

    /// <summary>The bits of its prefix are replaced: nothing is taken from the pool.</summary>
    Rewrite,
}
