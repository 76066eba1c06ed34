namespace Sluice.Policy.Balancing;

/// <summary>What of a packet a <see cref="FlowHash"/> takes in.</summary>
[Flags]
public enum FlowHashFields : byte
{
    /// <summary>Nothing: every packet has the same hash.</summary>
    None = 0,

    /// <summary>The source address.</summary>
    SourceAddress = 1,

    /// <summary>The destination address.</summary>
    DestinationAddress = 2,

    /// <summary>The source port.</summary>
    SourcePort = 4,

    /// <summary>The destination port.</summary>
    DestinationPort = 8,

    /// <summary>The IP protocol.</summary>
    Protocol = 0x10,

    /// <summary>The packet's ends are exchanged first: it hashes as its answer would.</summary>
    Reverse = 0x20,

    /// <summary>A packet and its answer have the same hash. A field of one end is taken of the other end too.</summary>
    Symmetric = 0x40,

    /// <summary>Addresses, ports and protocol.</summary>
    All = SourceAddress | DestinationAddress | SourcePort | DestinationPort | Protocol,
}
