using Sluice.Packets.Headers;

namespace Sluice.Packets;

public static unsafe partial class PacketParser
{
    /// <summary>Packets with more extension headers than this are refused: nothing sends them, and each costs time.</summary>
    private const int ExtensionHeaders = 8;

    private static DropReason ParseIpv6(Packet* packet, int l3)
    {
        packet->L3 = (ushort)l3;
        var ip = (Ipv6Header*)(packet->Data + l3);
        int available = packet->Length - l3;
        if (available < Ipv6Header.Bytes) return DropReason.Truncated;
        if (ip->Version != 6) return DropReason.Malformed;

        int total = ip->PayloadLength.Value + Ipv6Header.Bytes;
        if (total == Ipv6Header.Bytes && packet->GsoType != 0) total = available;

        // Payload length 0 with hop-by-hop options announces a jumbogram (RFC 2675), which no link here carries.
        if (total == Ipv6Header.Bytes && ip->NextHeader == IpProtocol.HopByHop) return DropReason.Malformed;
        if (total > available) return DropReason.Truncated;
        if (IsMartian(ip)) return DropReason.Malformed;

        packet->L3Length = total;
        packet->Ttl = ip->HopLimit;
        HeaderChain chain = WalkHeaders(packet->Data, l3, l3 + total);
        packet->Protocol = chain.Protocol;
        if (chain.End != l3 + Ipv6Header.Bytes) packet->Flags |= PacketFlags.HeaderOptions;
        if (chain.Reason != DropReason.None) return chain.Reason;
        if (chain.Fragment != 0) return TakeFragment6(packet, chain);

        packet->L4 = (ushort)chain.End;
        return ParseTransport(packet, version: 6);
    }

    /// <summary>Sources that no station can have: groups and loopback (RFC 4291 section 2.5.3, 2.7).</summary>
    private static bool IsMartian(Ipv6Header* ip) =>
        (ip->Source0 & 0xFF) == 0xFF || (ip->Source0 == 0 && ip->Source1 == 0x0100_0000_0000_0000);

    private static DropReason TakeFragment6(Packet* packet, HeaderChain chain)
    {
        var fragment = (Ipv6FragmentHeader*)(packet->Data + chain.Fragment);
        int start = chain.Fragment + Ipv6FragmentHeader.Bytes;
        int payload = packet->L3 + packet->L3Length - start;

        // The limit is on the payload length of the whole, which counts the headers before the fragment header too.
        int before = chain.Fragment - packet->L3 - Ipv6Header.Bytes;
        DropReason reason = TakeFragment(packet, fragment->OffsetBytes, fragment->More, payload, before + payload);
        if (reason != DropReason.None) return reason;
        packet->Kind = PacketKind.Fragment6;
        packet->FragmentHeader = (ushort)chain.Fragment;
        return fragment->OffsetBytes == 0 ? TakeFirstFragment(packet, chain.End) : DropReason.None;
    }

    /// <summary>Where a chain of IPv6 headers ends.</summary>
    private struct HeaderChain
    {
        /// <summary>Offset of what follows the chain.</summary>
        public int End;

        /// <summary>Offset of the fragment header, or 0. Of an atomic fragment (RFC 6946) none is given: it is a whole packet.</summary>
        public int Fragment;

        /// <summary>What follows the chain.</summary>
        public byte Protocol;

        /// <summary>Why the chain is refused.</summary>
        public DropReason Reason;
    }

    /// <summary>Walks the extension headers after the IPv6 header at <paramref name="l3"/>; nothing at or behind <paramref name="limit"/> is read.</summary>
    private static HeaderChain WalkHeaders(byte* data, int l3, int limit)
    {
        HeaderChain chain = default;
        chain.Protocol = ((Ipv6Header*)(data + l3))->NextHeader;
        chain.End = l3 + Ipv6Header.Bytes;
        for (int count = 0; IsExtension(chain.Protocol); count++)
        {
            // Hop-by-hop options come first or not at all (RFC 8200 section 4.1).
            bool misplaced = chain.Protocol == IpProtocol.HopByHop && count != 0;
            if (count == ExtensionHeaders || misplaced) return Refused(chain, DropReason.Malformed);
            if (limit - chain.End < FragmentUnitBytes) return Refused(chain, DropReason.Truncated);

            byte* header = data + chain.End;
            int length = chain.Protocol switch
            {
                IpProtocol.Fragment => Ipv6FragmentHeader.Bytes,
                IpProtocol.Authentication => (header[1] + 2) * 4,
                _ => (header[1] + 1) * 8,
            };
            if (length > limit - chain.End) return Refused(chain, DropReason.Truncated);

            bool fragment = chain.Protocol == IpProtocol.Fragment;
            int at = chain.End;
            chain.Protocol = header[0];
            chain.End += length;
            if (!fragment) continue;

            var fields = (Ipv6FragmentHeader*)header;
            if (fields->OffsetBytes == 0 && !fields->More) continue;
            if (chain.Fragment != 0) return Refused(chain, DropReason.Malformed);
            chain.Fragment = at;

            // What a later fragment carries is payload, whatever it looks like.
            if (fields->OffsetBytes != 0) break;
        }

        return chain;
    }

    private static HeaderChain Refused(HeaderChain chain, DropReason reason)
    {
        chain.Reason = reason;
        return chain;
    }

    private static bool IsExtension(byte protocol) => protocol is IpProtocol.HopByHop or IpProtocol.Routing
        or IpProtocol.Fragment or IpProtocol.DestinationOptions or IpProtocol.Authentication;
}
