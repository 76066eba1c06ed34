using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Links.Kernel.Silence;
using Sluice.Links.Tests.Live;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>A client, a router whose kernel forwards, and a server; the router's link to the client (ga) is to be silenced.</summary>
/// <remarks>
/// Silence is not proved by waiting: the silencer has counted what it kept, or the sender has asked again, and only then is it looked whether anything
/// came. What must come has half a minute. Nothing but the silencer keeps anything back: no rate limit holds ICMP errors, and no kernel gives up asking
/// for its neighbours.
/// </remarks>
internal sealed class SilencedGateway : IDisposable
{
    private const int PatienceSeconds = Waiting.PatienceMilliseconds / 1000;

    private readonly List<IDisposable> _open = [];

    public SilencedGateway()
    {
        // Without duplicate address detection there is a link-local address at once, and the kernel needs one to solicit neighbours.
        // Type 127 is nobody's: no ICMP error counts against a limit.
        foreach (NetworkNamespace place in new[] { Client, Router, Server })
            place.Shell("sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratemask=127");
        Router.Shell($"""
            ip link add ga address 02:00:00:00:01:01 type veth peer name a0 address 02:00:00:00:01:02 netns {Client.Path}
            ip link add gb type veth peer name b0 netns {Server.Path}
            ip link set ga up
            ip link set gb up
            ip address add 10.0.1.1/24 dev ga
            ip address add 10.0.2.1/24 dev gb
            ip address add fd00:1::1/64 dev ga nodad
            ip address add fd00:2::1/64 dev gb nodad
            sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            """);
        Client.Shell("""
            ip link set a0 up
            ip address add 10.0.1.2/24 dev a0
            ip address add fd00:1::2/64 dev a0 nodad
            ip route add default via 10.0.1.1
            ip route add default via fd00:1::1
            """);
        Server.Shell("""
            ip link set b0 up
            ip address add 10.0.2.2/24 dev b0
            ip address add fd00:2::2/64 dev b0 nodad
            ip route add default via 10.0.2.1
            ip route add default via fd00:2::1
            """);
        foreach ((NetworkNamespace place, string name) in new[] { (Router, "ga"), (Router, "gb"), (Client, "a0"), (Server, "b0") })
        {
            foreach (string table in new[] { $"net.ipv4.neigh.{name}", $"net.ipv6.neigh.{name}" })
                place.Shell($"sysctl -qw {table}.mcast_solicit={PatienceSeconds} {table}.ucast_solicit={PatienceSeconds}");
            Waiting.UntilIpv6(place, name);
        }

        Index = Router.IndexOf("ga");
    }

    public static IpAddress Own4 { get; } = IpAddress.Parse("10.0.1.1");

    public static IpAddress Own6 { get; } = IpAddress.Parse("fd00:1::1");

    public NetworkNamespace Client { get; } = NetworkNamespace.CreateAnonymous();

    public NetworkNamespace Router { get; } = NetworkNamespace.CreateAnonymous();

    public NetworkNamespace Server { get; } = NetworkNamespace.CreateAnonymous();

    public int Index { get; }

    /// <summary>Whether a ping of the client is answered.</summary>
    public bool ClientReaches(string address) => Reaches(Client, address);

    /// <summary>Whether a ping from a place is answered.</summary>
    public static bool Reaches(NetworkNamespace from, string address, string options = "") =>
        from.Try($"ping -c 1 -W {PatienceSeconds} {options} {address}").Code == 0;

    /// <summary>Pings once where the silencer is to keep the ping, or what answers it, from the kernel: nothing may come back.</summary>
    public static void PingInVain(Silencer silencer, NetworkNamespace from, string address, string options = "")
    {
        SilencedPackets before = silencer.Count();
        (int code, string output) = from.Try($"ping -c 1 -W 1 {options} {address}");
        Waiting.Until(() => silencer.Count() != before, $"something of a ping to {address} was silenced");
        Assert.True(code != 0 && !output.Contains("nreachable", StringComparison.Ordinal), output);
    }

    /// <summary>Sends a datagram where the silencer is to keep it, or what answers it, from the kernel: no error may come back.</summary>
    public static void SendInVain(Silencer silencer, Socket socket, byte[] datagram)
    {
        ulong before = silencer.Count().Ours;
        socket.Send(datagram);
        Waiting.Until(() => silencer.Count().Ours != before, "something of a datagram was silenced");
        Assert.Equal(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));
    }

    /// <summary>The error that answers a datagram.</summary>
    public static SocketError ErrorOf(Socket socket, byte[] datagram)
    {
        socket.ReceiveTimeout = Waiting.PatienceMilliseconds;
        socket.Send(datagram);
        return Assert.Throws<SocketException>(() => socket.Receive(new byte[8])).SocketErrorCode;
    }

    /// <summary>A service of the router's host that greets whoever connects.</summary>
    public void Greet(IPAddress address, int port)
    {
        Socket listener = Router.Run(() =>
        {
            var made = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(address, port));
            made.Listen();
            return made;
        });
        _open.Add(listener);
        new Thread(() => Serve(listener)) { IsBackground = true }.Start();
    }

    /// <summary>What connecting from the client brings: the greeting, the error, or silence.</summary>
    public string Connect(IpAddress address, int port)
    {
        try
        {
            using Socket socket = BeginConnecting(address, port);
            if (!socket.Poll(Waiting.PatienceMilliseconds * 1000, SelectMode.SelectWrite)) return "silence";
            var outcome = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (outcome != SocketError.Success) return outcome.ToString();
            socket.Blocking = true;
            socket.ReceiveTimeout = Waiting.PatienceMilliseconds;
            byte[] greeting = new byte[16];
            return Encoding.ASCII.GetString(greeting, 0, socket.Receive(greeting));
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode.ToString();
        }
    }

    /// <summary>Connects from the client where nothing may answer.</summary>
    public void ConnectInVain(IpAddress address, int port)
    {
        // struct tcp_info of linux/tcp.h: the state is its first byte, the number of retransmissions the third.
        const int ProtocolTcp = 6, TcpInfo = 11, SynSent = 2;
        using Socket socket = BeginConnecting(address, port);
        byte[] info = new byte[8];

        // TCP asks again after a second, but only whoever has said nothing.
        Waiting.Until(() => socket.GetRawSocketOption(ProtocolTcp, TcpInfo, info) > 0 && (info[0] != SynSent || info[2] > 0), $"port {port} was asked again");
        Assert.Equal(SynSent, info[0]);
    }

    public OwnAddresses OwnAddresses(params IpAddress[] addresses)
    {
        OwnAddresses own = Router.Run(() => new OwnAddresses());
        _open.Add(own);
        own.Set(addresses);
        return own;
    }

    public Silencer Attach(OwnAddresses own)
    {
        Silencer silencer = Router.Run(() => Silencer.Attach(own, Index, "ga"));
        _open.Add(silencer);
        return silencer;
    }

    public void Dispose()
    {
        for (int i = _open.Count - 1; i >= 0; i--) _open[i].Dispose();
        Client.Dispose();
        Router.Dispose();
        Server.Dispose();
    }

    private Socket BeginConnecting(IpAddress address, int port)
    {
        Socket socket = Client.Run(() => new Socket(address.ToIPAddress().AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Blocking = false;
        try
        {
            socket.Connect(new IPEndPoint(address.ToIPAddress(), port));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.WouldBlock)
        {
            // The outcome comes later.
        }

        return socket;
    }

    private static void Serve(Socket listener)
    {
        try
        {
            while (true)
            {
                using Socket socket = listener.Accept();
                socket.Send("hello"u8);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener was closed: the test is over.
        }
    }
}
