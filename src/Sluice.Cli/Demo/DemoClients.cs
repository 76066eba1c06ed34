using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Packets.Addresses;

namespace Sluice.Cli.Demo;

/// <summary>The programs of the client network. Each round is one request, answered or not before the next.</summary>
/// <remarks>A query or a ping that gets no answer is sent again as long as there is patience, as programs do that live on datagrams: any host may lose one.</remarks>
internal sealed class DemoClients(DemoCounts counts)
{
    /// <summary>How long each side waits for the other before the request counts as unanswered.</summary>
    public const int PatienceMilliseconds = 30_000;

    private const int AgainMilliseconds = 1000;
    private const int PaceMilliseconds = 25;
    private const byte EchoRequest = 8;

    private static readonly IPAddress Server = DemoNetwork.Server.ToIPAddress();

    private int queries;
    private int pings;

    /// <summary>One HTTP request from a client's address.</summary>
    public void RequestHttp(IpAddress from)
    {
        bool answered = false;
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SendTimeout = socket.ReceiveTimeout = PatienceMilliseconds;
            socket.Bind(new IPEndPoint(from.ToIPAddress(), 0));
            socket.Connect(new IPEndPoint(Server, DemoServer.HttpPort));
            socket.Send("GET / HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n"u8);
            answered = ReadAll(socket).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        finally
        {
            counts.CountHttp(answered);
        }

        Thread.Sleep(PaceMilliseconds);
    }

    /// <summary>One query over UDP from a client's address and a port of its own.</summary>
    public void Query(IpAddress from)
    {
        byte[] query = Encoding.ASCII.GetBytes($"query {Interlocked.Increment(ref queries)}");
        bool answered = false;
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(from.ToIPAddress(), 0));
            socket.Connect(new IPEndPoint(Server, DemoServer.QueryPort));
            answered = IsAnswered(
                () => socket.Send(query),
                socket,
                heard => heard.SequenceEqual(query));
        }
        finally
        {
            counts.CountQuery(answered);
        }

        Thread.Sleep(PaceMilliseconds);
    }

    /// <summary>One ping from a client's address.</summary>
    public void Ping(IpAddress from)
    {
        ushort sequence = (ushort)Interlocked.Increment(ref pings);
        bool answered = false;
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
            socket.Bind(new IPEndPoint(from.ToIPAddress(), 0));
            answered = IsAnswered(
                () => socket.SendTo(Echo(from, sequence), new IPEndPoint(Server, 0)),
                socket,
                heard => IsEchoReply(heard, from, sequence));
        }
        finally
        {
            counts.CountPing(answered);
        }

        Thread.Sleep(4 * PaceMilliseconds);
    }

    /// <summary>What the configuration doesn't allow: a packet to an address that no peering shows. The gateway drops it and says why.</summary>
    public void SendAstray(IpAddress from)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(from.ToIPAddress(), 0));
        socket.SendTo("nobody is there"u8, new IPEndPoint(IPAddress.Parse("192.0.2.99"), 9));
        counts.CountAstray();
        Thread.Sleep(500);
    }

    /// <summary>What nobody asked for: a packet from the server network to the public address.</summary>
    public static void SendUnasked()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("is anybody there?"u8, new IPEndPoint(IPAddress.Parse(DemoNetwork.PublicAddress), 9));
        Thread.Sleep(500);
    }

    private static string ReadAll(Socket socket)
    {
        var text = new StringBuilder();
        byte[] part = new byte[1024];
        int got;
        while ((got = socket.Receive(part)) > 0 && text.Length < 4096) text.Append(Encoding.ASCII.GetString(part, 0, got));
        return text.ToString();
    }

    // The identifier is the client's own, so clients that ping at once don't hear each other's answers.
    private static ushort IdentifierOf(IpAddress from) => (ushort)(0x5300 + (byte)from.Value);

    private static byte[] Echo(IpAddress from, ushort sequence)
    {
        byte[] message = new byte[8 + 48];
        message[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), IdentifierOf(from));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        uint sum = 0;
        for (int i = 0; i < message.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(i));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~((sum & 0xFFFF) + (sum >> 16)));
        return message;
    }

    // Sends, and sends again what is not answered.
    private static bool IsAnswered(Action send, Socket socket, Func<ReadOnlySpan<byte>, bool> isAnswer)
    {
        byte[] heard = new byte[2048];
        for (int waited = 0; waited < PatienceMilliseconds; waited += AgainMilliseconds)
        {
            send();
            long deadline = Environment.TickCount64 + AgainMilliseconds;
            for (long left = AgainMilliseconds; left > 0; left = deadline - Environment.TickCount64)
            {
                if (!socket.Poll((int)left * 1000, SelectMode.SelectRead)) break;
                if (isAnswer(heard.AsSpan(0, socket.Receive(heard)))) return true;
            }
        }

        return false;
    }

    // A raw socket hears all ICMP of its address, from the IP header on.
    private static bool IsEchoReply(ReadOnlySpan<byte> heard, IpAddress from, ushort sequence)
    {
        int header = heard.IsEmpty ? 0 : (heard[0] & 15) * 4;
        return heard.Length >= header + 8 && heard[header] == 0
            && BinaryPrimitives.ReadUInt16BigEndian(heard[(header + 4)..]) == IdentifierOf(from)
            && BinaryPrimitives.ReadUInt16BigEndian(heard[(header + 6)..]) == sequence;
    }
}
