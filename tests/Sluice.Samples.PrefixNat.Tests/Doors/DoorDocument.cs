using System.Collections.Concurrent;
using Sluice.Config.Kinds;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Policy.Kinds;
using Sluice.Sessions;

namespace Sluice.Samples.PrefixNat.Tests.Doors;

/// <summary>A kind with sessions: hosts of a prefix share one address, as whose port 80 one of them is reached.</summary>
internal sealed record DoorDocument : NatDocument
{
    public static DocumentKind DocumentKind { get; } = new("Door", Read);

    /// <summary>What rules of this kind were told.</summary>
    public static ConcurrentQueue<string> Ends { get; } = new();

    public required IpPrefix Inside { get; init; }

    public required IpAddress Server { get; init; }

    public required IpAddress Address { get; init; }

    protected override NatRule Compile(NatNames names) =>
        new DoorRule(names.Realm("default"), Inside, Server, names.Pool("default", new IpRange(Address, Address)));

    private static DoorDocument? Read(SpecFields spec)
    {
        IpPrefix? inside = spec.RequirePrefix("inside");
        IpAddress? server = spec.RequireAddress("server"), address = spec.RequireAddress("address");
        spec.Profile();
        if (inside is not { } from || server is not { } host || address is not { } door) return null;
        return new DoorDocument { Inside = from, Server = host, Address = door, Owned = [spec.Owned("address", "default", new IpRange(door, door))] };
    }
}

internal sealed class DoorRule(ushort realm, IpPrefix inside, IpAddress server, int pool) : NatRule
{
    public override IEnumerable<ushort> LeavingRealms => [realm];

    public override void Arrive(in FirstPacket packet, ref Decision decision)
    {
        if (packet.DestinationPort != 80) return;
        LeadTo(realm, server, 8080, ref decision);
        Remember(ref decision);
    }

    public override void Leave(in FirstPacket packet, int linkOut, ref Decision decision)
    {
        if (inside.Contains(packet.Source) && linkOut != packet.Link && decision is { RewritesSource: false, SourcePool: Decision.NoPool }) TakeSource(packet, pool, ref decision);
    }

    public override bool HearsOfEnds => true;

    public override void Ended(in SessionEvent session) => DoorDocument.Ends.Enqueue($"{session.Original.Source}:{session.Original.SourcePort} {session.Reason} {session.OriginalPackets}+{session.ReplyPackets}");

    // Whom a session of the door was led to is as good as whom it would be led to now.
    public override bool Keeps(in LiveSession live, ref Decision decision)
    {
        if (live.Original.DestinationPort != 80 || live.Reply.SourcePort != 8080 || !inside.Contains(live.Reply.Source)) return false;
        decision.SetDestination(live.Reply.Source, live.Reply.SourcePort);
        return true;
    }
}
