using Sluice.Packets.Addresses;
using Sluice.Policy.SourceNats;

namespace Sluice.Policy;

/// <summary>What a source-NAT policy says of a packet that leaves, for people.</summary>
public enum LeavingFinding : byte
{
    /// <summary>It is the policy that covers the packet.</summary>
    Covered = 0,

    /// <summary>It doesn't speak of packets of this family that come in by this link.</summary>
    LinkNotListed,

    /// <summary>It excludes the destination.</summary>
    Excluded,

    /// <summary>The packet leaves by the link that it came in by.</summary>
    SameLink,

    /// <summary>No line of its truth table takes the source.</summary>
    NotTaken,

    /// <summary>It would, but an earlier policy does, or what decided on the destination says the source.</summary>
    DecidedBefore,
}

public sealed partial class GatewayPolicy
{
    /// <summary>Tells why a policy covers a packet or doesn't: the same tables as <see cref="Leave"/>, read the same way.</summary>
    /// <param name="first">The packet; <see cref="FirstPacket.Link"/> as <see cref="Links"/> numbers it.</param>
    /// <param name="linkOut">The link that its destination (as decided) is reached by, as <see cref="Links"/> numbers it.</param>
    /// <param name="decision">The decision, whole.</param>
    /// <param name="policy">The policy's place in <see cref="SourceNats"/>.</param>
    public LeavingFinding ExplainLeaving(in FirstPacket first, int linkOut, in Decision decision, int policy)
    {
        SourceNat nat = SourceNatViews[policy];
        if (decision.SourceNat == policy + 1) return LeavingFinding.Covered;
        IpAddress destination = decision.RewritesDestination ? decision.Destination : first.Destination;
        if (!nat.IsEntered(first.Link, first.Source.Family)) return LeavingFinding.LinkNotListed;
        if (nat.NeedsAnotherLink && !IsToAnotherLink(first, linkOut, decision)) return LeavingFinding.SameLink;
        if (nat.ActionFor(first.Source, destination, first.Link, linkOut) != SourceAction.Keep) return LeavingFinding.DecidedBefore;
        return nat.IsExcluded(destination) ? LeavingFinding.Excluded : LeavingFinding.NotTaken;
    }

    /// <summary>The policy that an address belongs to in a realm; null where none has it there.</summary>
    public SourceNat? SourceNatOf(ushort publicRealm, in IpAddress address)
    {
        foreach (SourceNat nat in SourceNatViews)
            if (nat.TryGetPool(publicRealm, address.Family, out int pool) && PoolHas(pool, address)) return nat;
        return null;
    }
}
