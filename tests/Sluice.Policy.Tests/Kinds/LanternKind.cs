using Sluice.Config.Kinds;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.Kinds;

namespace Sluice.Policy.Tests.Kinds;

using NatRule = Sluice.Policy.Kinds.NatRule;

/// <summary>A kind for tests: an address that leads to one inside host of a realm, with or without a session; port 13 is refused. What that host sends is seen as the address, if asked for.</summary>
internal sealed record LanternDocument : NatDocument
{
    public static DocumentKinds Kinds { get; } = new(new DocumentKind("Lantern", Read));

    public required string To { get; init; }

    public required IpAddress Inside { get; init; }

    public required IpRange Shines { get; init; }

    public required bool IsRemembered { get; init; }

    public required IpAddress? SeenAs { get; init; }

    public required bool IsReturned { get; init; }

    public static LanternDocument? Read(SpecFields spec)
    {
        string realm = spec.Realm(), to = spec.Realm("to");
        IpAddress? inside = spec.RequireAddress("inside");
        IpPrefix? address = spec.RequirePrefix("address");
        bool remembers = spec.Bool("remembers") ?? false;
        IpAddress? seenAs = spec.Address("seenAs");
        bool returns = spec.Bool("returns") ?? false;
        spec.Profile();
        if (inside is null || address is null) return null;
        var range = new IpRange(address.Value);
        return new LanternDocument { To = to, Inside = inside.Value, Shines = range, IsRemembered = remembers, SeenAs = seenAs, IsReturned = returns, Owned = [spec.Owned("address", realm, range)] };
    }

    protected internal override NatRule Compile(NatNames names) =>
        new Lantern(names.Realm(To), Inside, IsRemembered, SeenAs is { } seen ? names.Pool(To, new IpRange(seen, seen)) : Decision.NoPool, IsReturned ? Shines.First : null);
}

internal sealed class Lantern(ushort to, IpAddress inside, bool isRemembered, int pool, IpAddress? returnsAs) : NatRule
{
    public override IEnumerable<ushort> LeavingRealms => returnsAs is null ? [] : [to];

    public override void Leave(in FirstPacket packet, int linkOut, ref Decision decision)
    {
        if (packet.Source != inside || decision.RewritesSource || linkOut == 1) return;
        if (packet.DestinationPort == 13) Refuse(DropReason.AclDenied, ref decision);
        else SendAs(packet, returnsAs!.Value, ref decision);
    }

    public override void Arrive(in FirstPacket packet, ref Decision decision)
    {
        if (packet.DestinationPort == 13)
        {
            Refuse(DropReason.AclDenied, ref decision);
            return;
        }

        LeadTo(to, inside, packet.DestinationPort, ref decision);
        if (pool != Decision.NoPool) TakeSource(packet, pool, ref decision);
        else if (isRemembered) Remember(ref decision);
    }

    // Somebody who was led anywhere stays there while he speaks to port 7.
    public override bool Keeps(in LiveSession live, ref Decision decision)
    {
        if (live.Original.DestinationPort != 7) return false;
        decision.SetDestination(live.Reply.Source, live.Reply.SourcePort);
        return true;
    }
}
