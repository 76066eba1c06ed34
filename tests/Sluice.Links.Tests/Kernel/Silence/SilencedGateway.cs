using System.Net;
using System.Net.Sockets;
using Sluice.Links.Kernel.Silence;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>A client, a router whose kernel forwards, and a server; the router's link to the client (ga) is to be silenced.</summary>
internal sealed class SilencedGateway : IDisposable
{
    private readonly List<IDisposable> _open = [];

    public SilencedGateway()
    {
        // Without duplicate address detection there is a link-local address at once, and the kernel needs one to solicit neighbours.
        foreach (NetworkNamespace place in new[] { Client, Router, Server }) place.Shell("sysctl -qw net.ipv6.conf.default.accept_dad=0");
        Router.Shell($"""
            ip link add ga address 02:00:00:00:01:01 type veth peer name a0 address 02:00:00:00:01:02 netns {Client.Path}
            ip link add gb type veth peer name b0 netns {Server.Path}
            ip link set ga up
            ip link set gb up
            ip address add 10.0.1.1/24 dev ga
            ip address add 10.0.2.1/24 dev gb
            ip address add fd00:1::1/64 dev ga nodad
            ip address add fd00:2::1/64 dev gb nodad
            sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0
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
        Index = Router.IndexOf("ga");
    }

    public static IpAddress Own4 { get; } = IpAddress.Parse("10.0.1.1");

    public static IpAddress Own6 { get; } = IpAddress.Parse("fd00:1::1");

    public NetworkNamespace Client { get; } = NetworkNamespace.CreateAnonymous();

    public NetworkNamespace Router { get; } = NetworkNamespace.CreateAnonymous();

    public NetworkNamespace Server { get; } = NetworkNamespace.CreateAnonymous();

    public int Index { get; }

    public bool ClientReaches(string address) =>
        Client.Try($"ping -c 1 -W 1 {address} >/dev/null").Code == 0;

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

    /// <summary>What connecting from the client brings: the greeting, or the error.</summary>
    public string Connect(IpAddress address, int port, int patienceMilliseconds = 10_000)
    {
        using Socket socket = Client.Run(() => new Socket(address.ToIPAddress().AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Blocking = false;
        try
        {
            socket.Connect(new IPEndPoint(address.ToIPAddress(), port));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.WouldBlock)
        {
            if (!socket.Poll(patienceMilliseconds * 1000, SelectMode.SelectWrite) && !socket.Poll(0, SelectMode.SelectError)) return "silence";
        }

        var outcome = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (outcome != SocketError.Success) return outcome.ToString();
        socket.Blocking = true;
        socket.ReceiveTimeout = 10_000;
        byte[] greeting = new byte[16];
        return System.Text.Encoding.ASCII.GetString(greeting, 0, socket.Receive(greeting));
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
