using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Stages;

/// <summary>What differs between IPv4 and IPv6 packets for the flow stages. Implemented by structs, so each family gets native code of its own.</summary>
/// <typeparam name="TKey">The flow key.</typeparam>
/// <typeparam name="TLine">The flow line.</typeparam>
public unsafe interface IPacketFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>The kind of packet that this family's fast path takes.</summary>
    static abstract PacketKind Kind { get; }

    /// <summary>Reads the key of a parsed packet with ports or a query identifier.</summary>
    static abstract void ReadKey(Packet* packet, out TKey key);

    /// <summary>The key that the packet quoted by an ICMP error had when it left towards the error's sender, turned round: the key of its replies.</summary>
    /// <returns>False where the quoted packet has no ports or query identifier.</returns>
    static abstract bool TryReadQuotedReplyKey(Packet* packet, out TKey key);

    /// <summary>Writes the line's tuple over the packet's, less one hop, with RFC 1624 checksums.</summary>
    static abstract void Rewrite(Packet* packet, TLine* line, in TKey key);

    /// <summary>As <see cref="Rewrite"/>, for TCP and UDP only.</summary>
    static abstract void RewritePorts(Packet* packet, TLine* line, in TKey key);

    /// <summary>Takes one hop off a packet that stays as it is.</summary>
    static abstract void DecrementHops(Packet* packet);

    /// <summary>Writes both addresses of a packet without ports, less one hop, and keeps the checksum of a transport that has the addresses in its sum.</summary>
    static abstract void RewriteAddresses(Packet* packet, in IpAddress source, in IpAddress destination);

    /// <summary>
    /// Rewrites an ICMP error that answers a packet of this line's partner: the destination becomes the one who sent that packet, the quoted packet what
    /// he sent; the error's source becomes <paramref name="source"/>. Checksums are made whole.
    /// </summary>
    static abstract void RewriteError(Packet* packet, TLine* line, in IpAddress source);

    /// <summary>The source that the line writes.</summary>
    static abstract IpAddress WrittenSource(TLine* line);

    /// <summary>The destination that the line writes: where its packets are routed to.</summary>
    static abstract IpAddress WrittenDestination(TLine* line);
}
