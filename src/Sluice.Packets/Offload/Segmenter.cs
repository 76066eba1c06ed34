using System.Runtime.CompilerServices;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Offload;

/// <summary>Cuts a super-frame into ordinary packets with complete checksums, one at a time, so that any number of output buffers will do.</summary>
/// <remarks>
/// <para>TCP over IPv4 and IPv6, and UDP over both. The super-frame stays as it is and has to stay where it is until the last piece is written.</para>
/// <para>What a piece has of its own: sequence number, FIN and PSH (last piece only), CWR (first only), IPv4 identification, lengths, checksums.</para>
/// </remarks>
public unsafe struct Segmenter
{
    /// <summary>A hop-by-hop header that holds nothing but the jumbo payload option (RFC 2675), as stacks put before super-frames over 65,535 bytes.</summary>
    private const int JumboHeaderBytes = 8;

    private Packet* _super;
    private int _headerBytes;
    private int _payloadBytes;
    private int _payloadDone;
    private int _skipBytes;
    private int _index;

    /// <summary>Bytes that the longest piece takes; each output buffer has at least this room.</summary>
    public readonly int PieceBytes => _headerBytes - _skipBytes + Math.Min(_super->GsoSize, _payloadBytes);

    /// <summary>How many pieces the super-frame makes.</summary>
    public readonly int Pieces => (_payloadBytes + _super->GsoSize - 1) / _super->GsoSize;

    /// <summary>Begins with a super-frame.</summary>
    /// <param name="super">A parsed packet with a <see cref="Packet.GsoType"/>.</param>
    /// <returns>False where this is no super-frame that can be cut: the offload fields contradict the headers.</returns>
    public bool Start(Packet* super)
    {
        _super = super;
        _index = 0;
        _payloadDone = 0;
        byte expected = super->Protocol == IpProtocol.Tcp ? super->Kind == PacketKind.Flow4 ? GsoKind.Tcp4 : GsoKind.Tcp6 : GsoKind.Udp;
        bool flow = super->Kind is PacketKind.Flow4 or PacketKind.Flow6 && super->Protocol is IpProtocol.Tcp or IpProtocol.Udp;
        if (!flow || GsoKind.Base(super->GsoType) != expected || super->GsoSize == 0) return false;

        int transportHeader = super->Protocol == IpProtocol.Tcp ? super->Tcp->HeaderBytes : UdpHeader.Bytes;
        _headerBytes = super->L4 + transportHeader;
        _payloadBytes = super->L3 + super->L3Length - _headerBytes;
        _skipBytes = HasJumboHeader(super) ? JumboHeaderBytes : 0;
        return _payloadBytes > 0;
    }

    /// <summary>Writes the next piece to <paramref name="piece"/>'s data, and its fields; false when all are written.</summary>
    /// <param name="piece">Its data points to <see cref="PieceBytes"/> writable bytes; its handle is left alone.</param>
    public bool TryNext(Packet* piece)
    {
        int left = _payloadBytes - _payloadDone;
        if (left <= 0) return false;
        int length = Math.Min(left, _super->GsoSize);
        CopyHeaders(piece);
        byte* payload = piece->Data + _headerBytes - _skipBytes;
        Unsafe.CopyBlockUnaligned(payload, _super->Data + _headerBytes + _payloadDone, (uint)length);
        piece->Length = _headerBytes - _skipBytes + length;
        piece->L3Length = piece->Length - piece->L3;
        WriteIp(piece);
        if (piece->Protocol == IpProtocol.Tcp) WriteTcp(piece, last: length == left);
        else WriteUdp(piece);
        _payloadDone += length;
        _index++;
        return true;
    }

    /// <summary>Copies the super-frame's headers and what is known of it; offload is over.</summary>
    private readonly void CopyHeaders(Packet* piece)
    {
        byte* data = piece->Data;
        ulong handle = piece->Handle;
        *piece = *_super;
        piece->Data = data;
        piece->Handle = handle;
        piece->GsoType = GsoKind.None;
        piece->GsoSize = 0;
        piece->HeaderLength = 0;
        piece->ChecksumStart = 0;
        piece->ChecksumOffset = 0;
        piece->Flags &= ~PacketFlags.PartialChecksum;
        if (_skipBytes == 0)
        {
            Unsafe.CopyBlockUnaligned(data, _super->Data, (uint)_headerBytes);
            return;
        }

        int before = _super->L3 + Ipv6Header.Bytes;
        Unsafe.CopyBlockUnaligned(data, _super->Data, (uint)before);
        Unsafe.CopyBlockUnaligned(data + before, _super->Data + before + _skipBytes, (uint)(_headerBytes - before - _skipBytes));
        piece->Ipv6->NextHeader = _super->Data[before];
        piece->L4 = (ushort)(_super->L4 - _skipBytes);
    }

    private readonly void WriteIp(Packet* piece)
    {
        if (piece->Kind == PacketKind.Flow6)
        {
            piece->Ipv6->PayloadLength = Be16.From(piece->L3Length - Ipv6Header.Bytes);
            return;
        }

        piece->Ipv4->TotalLength = Be16.From(piece->L3Length);
        piece->Ipv4->Identification = Be16.From(_super->Ipv4->Identification.Value + _index);
        TransportChecksum.WriteHeader(piece->Ipv4);
    }

    private readonly void WriteTcp(Packet* piece, bool last)
    {
        byte flags = _super->Tcp->Flags;
        if (!last) flags &= unchecked((byte)~(TcpFlag.Fin | TcpFlag.Psh));
        if (_index > 0) flags &= unchecked((byte)~TcpFlag.Cwr);
        piece->TcpFlags = flags;
        piece->Tcp->Flags = flags;
        piece->Tcp->Sequence = Be32.From(_super->Tcp->Sequence.Value + (uint)_payloadDone);
        TransportChecksum.Write(piece->Data + piece->L3, IpProtocol.Tcp, piece->Data + piece->L4, piece->TransportLength);
    }

    private readonly void WriteUdp(Packet* piece)
    {
        piece->Udp->Length = Be16.From(piece->TransportLength);

        // A sender that wanted no checksum over IPv4 gets none.
        bool none = piece->Kind == PacketKind.Flow4 && _super->Udp->Checksum == 0 && (_super->Flags & PacketFlags.PartialChecksum) == PacketFlags.None;
        if (!none) TransportChecksum.Write(piece->Data + piece->L3, IpProtocol.Udp, piece->Data + piece->L4, piece->TransportLength);
    }

    private static bool HasJumboHeader(Packet* super)
    {
        if (super->Kind != PacketKind.Flow6 || super->Ipv6->NextHeader != IpProtocol.HopByHop) return false;
        byte* header = super->Data + super->L3 + Ipv6Header.Bytes;
        const byte JumboOption = 0xC2;
        return header[1] == 0 && header[2] == JumboOption && header[3] == 4;
    }
}
