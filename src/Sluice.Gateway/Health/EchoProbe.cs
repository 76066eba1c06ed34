using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Sluice.Packets;

namespace Sluice.Gateway.Health;

/// <summary>Sends an ICMP echo request. It needs CAP_NET_RAW, as links do.</summary>
internal static class EchoProbe
{
    private const byte RequestV4 = 8, ReplyV4 = 0, RequestV6 = 128, ReplyV6 = 129;
    private const int HeaderLength = 8;

    public static async Task<ProbeResult> Ask(ProbePath way, IPAddress to, ushort identifier, ProbePatience patience)
    {
        bool isV4 = to.AddressFamily == AddressFamily.InterNetwork;
        using Socket socket = way.Open(to, SocketType.Raw, isV4 ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        await socket.ConnectAsync(new IPEndPoint(to, 0)).ConfigureAwait(false);
        await socket.SendAsync(Request(isV4, identifier)).ConfigureAwait(false);
        CancellationToken giveUp = patience.Begin();
        var packet = new byte[256];
        while (true)
        {
            int length = await socket.ReceiveAsync(packet, giveUp).ConfigureAwait(false);
            if (IsReply(packet.AsSpan(0, length), isV4, identifier)) return ProbeResult.Passed;
        }
    }

    // The kernel fills in the checksum of ICMPv6 (RFC 3542 section 3.1), and leaves that of ICMP to us.
    private static byte[] Request(bool isV4, ushort identifier)
    {
        var message = new byte[HeaderLength];
        message[0] = isV4 ? RequestV4 : RequestV6;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), 1);
        if (isV4) BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(2), Checksum.Of(message));
        return message;
    }

    // A raw socket of IPv4 gives whole packets, one of IPv6 what follows the header; both give whatever ICMP the backend sends to anybody here.
    private static bool IsReply(ReadOnlySpan<byte> packet, bool isV4, ushort identifier)
    {
        int header = isV4 && packet.Length > 0 ? (packet[0] & 15) * 4 : 0;
        if (packet.Length < header + HeaderLength) return false;
        ReadOnlySpan<byte> message = packet[header..];
        return message[0] == (isV4 ? ReplyV4 : ReplyV6) && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == identifier;
    }
}
