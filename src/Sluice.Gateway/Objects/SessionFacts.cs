using System.Runtime.InteropServices;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Objects;

/// <summary>What conditions are asked about: a session as the tables hold it, with the names that its numbers stand for.</summary>
/// <param name="Session">The session.</param>
/// <param name="From">The realm of the side that began it.</param>
/// <param name="To">The realm that it goes to.</param>
/// <param name="Rule">The rule that it lives by, such as: peering web, vpc-1 expose 1 (masquerade); empty if it isn't known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SessionFacts(Sluice.Sessions.SessionView Session, string From, string To, string Rule)
{
    /// <summary>The backend that it goes to, as it is counted; null: it goes to no virtual IP.</summary>
    public Sluice.Sessions.AccountName? Backend { get; init; }

    /// <summary>The name of the source-NAT policy that it leaves by; null: by none.</summary>
    public string? Policy { get; init; }

    /// <summary>Where its packets go that are for a virtual IP.</summary>
    public (IpAddress Address, ushort Port)? BackendEndpoint => Backend is { } backend
        ? (backend.Address.IsUnspecified ? Session.Reply.Source : backend.Address, Session.Reply.SourcePort)
        : null;

    /// <summary>The endpoint that the other side sees instead of the source, where the source is translated.</summary>
    public (IpAddress Address, ushort Port)? PublicSource => (Session.Reply.Destination, Session.Reply.DestinationPort) is var seen
        && seen != (Session.Original.Source, Session.Original.SourcePort) ? seen : null;

    /// <summary>The endpoint that the sender knows instead of the receiver's own, where the destination is translated.</summary>
    public (IpAddress Address, ushort Port)? PublicDestination => (Session.Original.Destination, Session.Original.DestinationPort) is var seen
        && seen != (Session.Reply.Source, Session.Reply.SourcePort) ? seen : null;

    /// <summary>Bytes both ways.</summary>
    public ulong Bytes => Session.OriginalBytes + Session.ReplyBytes;

    /// <summary>Packets both ways.</summary>
    public ulong Packets => Session.OriginalPackets + Session.ReplyPackets;

    /// <summary>The session as people and programs see it.</summary>
    public SessionView ToView()
    {
        Sluice.Sessions.SessionView s = Session;
        byte protocol = s.Original.Protocol;
        return new SessionView(
            s.Number,
            EndpointText.Protocol(protocol),
            EndpointText.State(s.State),
            From,
            To,
            EndpointText.Of(protocol, s.Original.Source, s.Original.SourcePort),
            EndpointText.Of(protocol, s.Original.Destination, s.Original.DestinationPort),
            EndpointText.Of(protocol, s.Reply.Destination, s.Reply.DestinationPort),
            EndpointText.Of(protocol, s.Reply.Source, s.Reply.SourcePort),
            new TrafficView(s.OriginalPackets, s.OriginalBytes),
            new TrafficView(s.ReplyPackets, s.ReplyBytes),
            s.IdleMilliseconds / 1000.0,
            s.RemainingMilliseconds / 1000.0,
            s.AgeMilliseconds / 1000.0,
            Rule,
            Backend?.Owner,
            BackendEndpoint is var (address, port) ? EndpointText.Of(protocol, address, port) : null,
            Policy);
    }
}
