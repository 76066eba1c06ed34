using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>A VPCInfo, or a VPC of a GatewayAgent. Externals are named ext.NAME.</summary>
public sealed record VpcDocument : Document
{
    /// <summary>Five letters and digits, where given.</summary>
    public string? Id { get; init; }

    /// <summary>The VXLAN network identifier, where given.</summary>
    public int? Vni { get; init; }

    /// <summary>The place of the VNI, or of the document.</summary>
    public required Place VniPlace { get; init; }

    /// <summary>The place of the identifier, or of the document.</summary>
    public required Place IdPlace { get; init; }

    /// <summary>The subnets; where some are listed, exposed prefixes must lie in one.</summary>
    public ImmutableArray<SubnetSpec> Subnets { get; init; } = [];

    /// <summary>Whether it stands for a network outside of the fabric.</summary>
    public bool IsExternal => Name.StartsWith("ext.", StringComparison.Ordinal);
}

/// <summary>A named subnet of a VPC.</summary>
public sealed record SubnetSpec(string Name, IpPrefix Prefix, Place Place);
