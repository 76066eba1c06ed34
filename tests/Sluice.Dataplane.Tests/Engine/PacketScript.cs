using System.Globalization;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Packets from the lines that <see cref="PacketText"/> describes packets by, so that what goes in reads like what comes out.</summary>
/// <remarks>
/// <code>
/// 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 1 ack 2 len 3      [2001:db8::1]:5000 > [2001:db8::2]:53 udp nochecksum
/// 10.0.0.2:5000 > 192.168.50.2:80 sctp init tag 0 itag 7        10.0.0.2:5000 > 192.168.50.2:80 sctp data tag 9 len 3
/// 10.0.0.2 > 192.168.50.2 icmp echo request id 7               10.0.0.2 > 192.168.50.2 protocol 47
/// 10.0.0.2 > 192.168.50.2 icmp unreachable 3 [192.168.50.2:9 > 10.0.0.2:5000 udp]
/// 10.0.0.2 > 192.168.50.2 fragment of protocol 17 id 9 offset 0 len 64 more
/// </code>
/// Anything may end with <c>len N</c>, <c>payload WORD</c>, <c>ttl N</c>, <c>df</c>, <c>ipid N</c> (of IPv6 the flow label), <c>tos N</c>, <c>ipoptions N</c> (bytes), <c>hopbyhop</c>, <c>mss N</c>, <c>badchecksum</c>,
/// <c>badipchecksum</c>.
/// </remarks>
internal static class PacketScript
{
    /// <summary>The IP packet of a line.</summary>
    public static PacketBuilder Parse(string line)
    {
        string quoted = "";
        int icmp = line.IndexOf(" icmp", StringComparison.Ordinal);
        int bracket = icmp < 0 ? -1 : line.IndexOf(" [", icmp, StringComparison.Ordinal);
        if (bracket >= 0)
        {
            int close = line.LastIndexOf(']');
            quoted = line[(bracket + 2)..close];
            line = line[..bracket] + line[(close + 1)..];
        }

        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (IpAddress source, int sourcePort) = Endpoint(words[0]);
        (IpAddress destination, int destinationPort) = Endpoint(words[2]);
        PacketBuilder packet = PacketBuilder.Ip(source, destination);
        switch (words[3])
        {
            case "tcp":
                packet.Tcp(sourcePort, destinationPort, Flags(words.Length > 4 ? words[4] : "A"), Number(words, "seq") ?? 1000, Number(words, "ack") ?? 0);
                break;
            case "udp":
                packet.Udp(sourcePort, destinationPort);
                if (words.Contains("nochecksum")) packet.WithChecksum(0);
                break;
            case "sctp":
                packet.Sctp(sourcePort, destinationPort, SctpText.ChunkOf(words.Length > 4 ? words[4] : "init"), Number(words, "tag") ?? 0, Number(words, "itag") ?? 1);
                if (words.Contains("nochecksum")) packet.WithChecksum(0);
                break;
            case "icmp" or "icmp6":
                Icmp(packet, source, words, quoted);
                break;
            case "protocol":
                packet.Protocol(byte.Parse(words[4], CultureInfo.InvariantCulture)).Payload(8);
                break;
            case "fragment":
                packet.Protocol((byte)Number(words, "protocol")!).Fragment(Number(words, "id")!.Value, (int)Number(words, "offset")!, words.Contains("more"));
                break;
            default:
                throw new FormatException($"'{words[3]}' in '{line}'");
        }

        if (Number(words, "len") is { } length) packet.Payload((int)length);
        int text = Array.IndexOf(words, "payload");
        if (text >= 0) packet.Payload(words[text + 1]);
        if (Number(words, "ttl") is { } ttl) packet.Ttl((int)ttl);
        if (Number(words, "ipid") is { } identification) packet.Identification((int)identification).FlowLabel(identification);
        if (Number(words, "tos") is { } tos) packet.TrafficClass((byte)tos);
        if (Number(words, "mss") is { } mss) packet.Mss((int)mss);
        if (Number(words, "ipoptions") is { } options) packet.Options([.. Enumerable.Repeat((byte)1, (int)options)]);
        if (words.Contains("hopbyhop")) packet.Extension(IpProtocol.HopByHop);
        if (words.Contains("df")) packet.DontFragment();
        if (words.Contains("badipchecksum")) packet.WithBadHeaderChecksum();
        if (words.Contains("badchecksum")) packet.WithBadChecksum();
        return packet;
    }

    private static void Icmp(PacketBuilder packet, IpAddress source, string[] words, string quoted)
    {
        byte[] payload = quoted.Length == 0 ? [] : Parse(quoted).Build();
        bool v4 = source.IsV4;
        byte code = (byte)(Number(words, words[5]) ?? Number(words, "unreachable") ?? Number(words, "exceeded") ?? 0);
        switch (words[4])
        {
            case "echo":
                packet.Echo((int)Number(words, "id")!, (int)(Number(words, "seq") ?? 1), words[5] == "reply");
                break;
            case "id":
                packet.Echo((int)Number(words, "id")!);
                break;
            case "timestamp":
                byte stamp = words[5] == "reply" ? IcmpType.TimestampReply : IcmpType.TimestampRequest;
                packet.Icmp(stamp, 0, Number(words, "id")!.Value << 16 | 1).Payload(12);
                break;
            case "unreachable":
                packet.Error(v4 ? IcmpType.Unreachable : IcmpV6Type.Unreachable, (byte)Number(words, "unreachable")!, payload);
                break;
            case "time":
                packet.Error(v4 ? IcmpType.TimeExceeded : IcmpV6Type.TimeExceeded, code, payload);
                break;
            case "too":
                uint mtu = Number(words, "mtu")!.Value;
                packet.Error(v4 ? IcmpType.Unreachable : IcmpV6Type.PacketTooBig, v4 ? IcmpUnreachable.FragmentationNeeded : (byte)0, payload, mtu);
                break;
            default:
                packet.Icmp((byte)Number(words, "type")!, (byte)(Number(words, "code") ?? 0)).Payload(payload);
                break;
        }
    }

    private static (IpAddress Address, int Port) Endpoint(string text)
    {
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            return (IpAddress.Parse(text[1..close]), int.Parse(text[(close + 2)..], CultureInfo.InvariantCulture));
        }

        if (text.Count(static letter => letter == ':') != 1) return (IpAddress.Parse(text), 0);
        string[] parts = text.Split(':');
        return (IpAddress.Parse(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static byte Flags(string letters)
    {
        int flags = 0;
        foreach (char letter in letters)
            if (letter != '-') flags |= 1 << "FSRPAUEC".IndexOf(letter, StringComparison.Ordinal);
        return (byte)flags;
    }

    private static uint? Number(string[] words, string name)
    {
        int at = Array.IndexOf(words, name);
        return at >= 0 && at + 1 < words.Length && uint.TryParse(words[at + 1], CultureInfo.InvariantCulture, out uint number) ? number : null;
    }
}
