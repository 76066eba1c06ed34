using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>Writes ICMP and ICMPv6 errors about parsed packets.</summary>
/// <remarks>The quoted bytes are what stands in the buffer: the caller asks before it rewrites the packet, since the sender knows only what it sent.</remarks>
public static unsafe class IcmpError
{
    /// <summary>The longest error over IPv4 (RFC 1812 section 4.3.2.3).</summary>
    public const int MaximumBytes4 = 576;

    /// <summary>The longest error over IPv6: the least MTU (RFC 4443 section 2.4 (c)).</summary>
    public const int MaximumBytes6 = 1280;

    /// <summary>Whether an error about this packet may be sent at all (RFC 1122 section 3.2.2, RFC 1812 section 4.3.2.7, RFC 4443 section 2.4 (e)).</summary>
    /// <remarks>
    /// Never about an error, about a fragment other than the first, about what went to a group or to all, or to a source that is no single station.
    /// It is stricter than RFC 4443 in one point: nothing is answered to IPv6 groups, not even "too big", as groups are not routed here.
    /// </remarks>
    public static bool MayAnswer(Packet* original)
    {
        if ((original->Flags & PacketFlags.LinkMulticast) != PacketFlags.None) return false;
        return original->Kind switch
        {
            PacketKind.Flow4 => SpeaksForOne4(original->Ipv4),
            PacketKind.Flow6 => SpeaksForOne6(original->Ipv6),
            PacketKind.Other4 => SpeaksForOne4(original->Ipv4) && !IsError4(original),
            PacketKind.Other6 => SpeaksForOne6(original->Ipv6) && !IsError6(original),
            PacketKind.Fragment4 => IsFirst(original) && SpeaksForOne4(original->Ipv4) && !IsError4(original),
            PacketKind.Fragment6 => IsFirst(original) && SpeaksForOne6(original->Ipv6) && !IsError6(original),
            _ => false,
        };
    }

    /// <summary>Writes an IP packet that holds the error and returns its length, or 0 where the buffer is too small for one.</summary>
    /// <param name="at">Where to write.</param>
    /// <param name="capacity">Bytes there; <see cref="MaximumBytes4"/> or <see cref="MaximumBytes6"/> is enough for all.</param>
    /// <param name="original">What the error is about; <see cref="MayAnswer"/> was true.</param>
    /// <param name="source">The address that speaks, of the original's family.</param>
    /// <param name="kind">What to say.</param>
    /// <param name="detail">The MTU or the pointer, where the kind has one.</param>
    public static int Write(byte* at, int capacity, Packet* original, in IpAddress source, IcmpErrorKind kind, int detail = 0)
    {
        byte* ip = original->Data + original->L3;
        if (source.IsV4)
        {
            (byte type, byte code) = IcmpErrorKinds.Of4(kind);
            return Write4(at, capacity, ip, original->L3Length, source.ToNetworkWord(), type, code, IcmpErrorKinds.Rest4(kind, detail));
        }

        byte* address = stackalloc byte[16];
        source.CopyTo(new Span<byte>(address, 16));
        (byte type6, byte code6) = IcmpErrorKinds.Of6(kind);
        return Write6(at, capacity, ip, original->L3Length, address, type6, code6, IcmpErrorKinds.Rest6(kind, detail));
    }

    private static int Write4(byte* at, int capacity, byte* original, int originalBytes, uint source, byte type, byte code, uint rest)
    {
        const int Headers = Ipv4Header.Bytes + IcmpHeader.Bytes;
        int quoted = Math.Min(originalBytes, Math.Min(capacity, MaximumBytes4) - Headers);
        if (quoted < Ipv4Header.Bytes) return 0;
        byte* icmp = WriteIcmp(at + Ipv4Header.Bytes, type, code, rest, original, quoted);
        IpWriter.Write4(at, source, ((Ipv4Header*)original)->Source, IpProtocol.Icmp, IcmpHeader.Bytes + quoted, IpWriter.ErrorTrafficClass);
        TransportChecksum.Write(at, IpProtocol.Icmp, icmp, IcmpHeader.Bytes + quoted);
        return Headers + quoted;
    }

    private static int Write6(byte* at, int capacity, byte* original, int originalBytes, byte* source, byte type, byte code, uint rest)
    {
        const int Headers = Ipv6Header.Bytes + IcmpHeader.Bytes;
        int quoted = Math.Min(originalBytes, Math.Min(capacity, MaximumBytes6) - Headers);
        if (quoted < Ipv6Header.Bytes) return 0;
        byte* icmp = WriteIcmp(at + Ipv6Header.Bytes, type, code, rest, original, quoted);
        IpWriter.Write6(at, source, (byte*)&((Ipv6Header*)original)->Source0, IpProtocol.IcmpV6, IcmpHeader.Bytes + quoted);
        TransportChecksum.Write(at, IpProtocol.IcmpV6, icmp, IcmpHeader.Bytes + quoted);
        return Headers + quoted;
    }

    private static byte* WriteIcmp(byte* at, byte type, byte code, uint rest, byte* quoted, int quotedBytes)
    {
        var icmp = (IcmpHeader*)at;
        icmp->Type = type;
        icmp->Code = code;
        icmp->Rest = Be32.From(rest);
        Unsafe.CopyBlockUnaligned(at + IcmpHeader.Bytes, quoted, (uint)quotedBytes);
        return at;
    }

    private static bool IsFirst(Packet* packet) => (packet->Flags & PacketFlags.FirstFragment) != PacketFlags.None;

    /// <summary>ICMP messages that count as errors: all that the parser does not take for a query, redirects and quenches among them.</summary>
    private static bool IsError4(Packet* packet) => packet->Protocol == IpProtocol.Icmp && !PacketPorts.IsQuery4(packet->Icmp->Type);

    /// <summary>ICMPv6 errors are the types below 128; redirects count with them.</summary>
    private static bool IsError6(Packet* packet) => packet->Protocol == IpProtocol.IcmpV6
        && packet->Icmp->Type is < IcmpV6Type.FirstInformational or IcmpV6Type.Redirect;

    /// <summary>Source and destination are single stations: not 0/8, 127/8, a group, a reserved address or the broadcast address.</summary>
    private static bool SpeaksForOne4(Ipv4Header* ip)
    {
        byte source = (byte)ip->Source;
        return source is not (0 or 127 or >= 224) && (byte)ip->Destination < 224;
    }

    /// <summary>The destination is no group, and the source neither a group nor unspecified.</summary>
    private static bool SpeaksForOne6(Ipv6Header* ip) =>
        !ip->IsMulticast && (ip->Source0 & 0xFF) != 0xFF && (ip->Source0 | ip->Source1) != 0;
}
