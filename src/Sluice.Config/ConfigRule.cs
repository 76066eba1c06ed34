namespace Sluice.Config;

/// <summary>The rules that a configuration can break. The name is what <c>sluice check</c> prints.</summary>
public enum ConfigRule : byte
{
    /// <summary>A file can't be read.</summary>
    Unreadable,

    /// <summary>The text is no YAML (or JSON), or no command line.</summary>
    Syntax,

    /// <summary>A document, list or file is larger than a stated limit.</summary>
    TooLarge,

    /// <summary>A mapping has a field twice.</summary>
    DuplicateField,

    /// <summary>A field that the kind doesn't have.</summary>
    UnknownField,

    /// <summary>An apiVersion or kind that is not known.</summary>
    UnknownKind,

    /// <summary>A value of the wrong type: a number where a text in quotes is needed, a text where a list is.</summary>
    WrongType,

    /// <summary>A value that can't be read, or that makes no sense beside another one.</summary>
    Invalid,

    /// <summary>A value that can be read and isn't allowed there.</summary>
    Forbidden,

    /// <summary>A field that must be there isn't.</summary>
    MissingParameter,

    /// <summary>A name is absent or empty.</summary>
    MissingIdentifier,

    /// <summary>Two documents of a kind have one name, or two links, realms or rules have.</summary>
    DuplicateName,

    /// <summary>Two gateways, or two links of a realm, have one address.</summary>
    DuplicateAddress,

    /// <summary>There may be one document of the kind.</summary>
    TooManyInstances,

    /// <summary>Two VPCs have one name.</summary>
    DuplicateVpcName,

    /// <summary>Two VPCs have one identifier.</summary>
    DuplicateVpcId,

    /// <summary>Two realms have one VNI.</summary>
    DuplicateVpcVni,

    /// <summary>A VNI is not between 1 and 16777215, or two documents disagree about it.</summary>
    InvalidVpcVni,

    /// <summary>A VPC's identifier isn't five letters and digits.</summary>
    BadVpcId,

    /// <summary>A name that no VPC and no realm has.</summary>
    NoSuchVpc,

    /// <summary>A name that no subnet of the VPC has.</summary>
    NoSuchSubnet,

    /// <summary>A name that no gateway group has.</summary>
    NoSuchGroup,

    /// <summary>A name that no NatProfile has.</summary>
    NoSuchProfile,

    /// <summary>A name that no link has.</summary>
    NoSuchLink,

    /// <summary>Two peerings have one name.</summary>
    DuplicateVpcPeeringId,

    /// <summary>Two peerings join the same two VPCs.</summary>
    DuplicateVpcPeerings,

    /// <summary>Two gateway groups have one name.</summary>
    DuplicateGroup,

    /// <summary>A gateway group has a member twice.</summary>
    DuplicateMember,

    /// <summary>Two members of a gateway group have one address.</summary>
    DuplicateMemberAddress,

    /// <summary>Two ranks have one BGP community.</summary>
    DuplicateCommunity,

    /// <summary>A member of a gateway group has a rank without a BGP community.</summary>
    NoCommunityAvailable,

    /// <summary>A VTEP address is no IPv4 unicast address.</summary>
    BadVtepLocalAddress,

    /// <summary>A VTEP's Ethernet address is zero or a group address.</summary>
    BadVtepMacAddress,

    /// <summary>A VPC of a peering exposes nothing.</summary>
    NoExposes,

    /// <summary>The exclusions of a list leave nothing of it.</summary>
    ExcludedAllPrefixes,

    /// <summary>Two prefixes that must be apart share addresses and ports.</summary>
    OverlappingPrefixes,

    /// <summary>IPv4 and IPv6 are mixed in one expose.</summary>
    InconsistentIpVersion,

    /// <summary>A prefix meets addresses that are reserved for a special use.</summary>
    SpecialUsePrefix,

    /// <summary>The two sides of a static NAT or a forward are not of one size.</summary>
    MismatchedPrefixSizes,

    /// <summary>A port forward that can't be compiled.</summary>
    PortForwarding,

    /// <summary>Forwards leave a masquerade no port.</summary>
    NoPortsLeft,

    /// <summary>An access list that makes no sense for its peering.</summary>
    InvalidAcl,

    /// <summary>Something that this version reads and judges, and doesn't do.</summary>
    NotYetSupported,

    /// <summary>Host bits of a prefix were masked.</summary>
    HostBits,

    /// <summary>An exclusion excludes nothing.</summary>
    UselessExclusion,

    /// <summary>A timer is under the minimum of its RFC.</summary>
    ShortTimer,

    /// <summary>A field that has no effect where it stands.</summary>
    Ignored,

    /// <summary>An address is given by the name of a link that lists none: only a running gateway learns it, from the kernel.</summary>
    AddressOfKernel,
}
