using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Sluice.Links.Kernel.Netlink;
using Sluice.Links.Native;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using static Sluice.Links.Kernel.KernelCalls;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel;

/// <summary>Knows which TCP and UDP ports the host itself uses, so that the gateway masquerading to a link's own address leaves them alone.</summary>
/// <remarks>
/// One reading is four dumps of socket diagnosis (sock_diag) in the namespace of the thread that made this object. Sockets in any state count, since the peer
/// of a closing one may still send. Not known: SCTP, identifiers of the host's pings, ports that other NAT rules of the host use.
/// </remarks>
public sealed unsafe class HostPorts : IDisposable
{
    private static readonly (int Family, byte Protocol)[] Tables =
        [(AF_INET, IpProtocol.Tcp), (AF_INET6, IpProtocol.Tcp), (AF_INET, IpProtocol.Udp), (AF_INET6, IpProtocol.Udp)];

    private readonly NetlinkSocket _socket;
    private readonly int _range;
    private readonly List<(byte Protocol, ushort Port, IpAddress Local)> _sockets = [];

    /// <summary>Opens what is needed for later readings.</summary>
    /// <exception cref="LinkException">The kernel refuses a socket.</exception>
    public HostPorts()
    {
        _socket = NetlinkSocket.Open(NETLINK_SOCK_DIAG);

        // The file stays that of this thread's namespace.
        _range = Files.Open("/proc/sys/net/ipv4/ip_local_port_range", Files.O_RDONLY | Files.O_CLOEXEC);
    }

    /// <summary>The ports that the kernel gives to the host's outgoing connections (net.ipv4.ip_local_port_range).</summary>
    public PortRange EphemeralPorts { get; private set; } = new(32768, 60999);

    /// <summary>Reads the host's sockets and its range of outgoing ports afresh.</summary>
    /// <exception cref="LinkException">The kernel refuses the dump.</exception>
    public void Refresh()
    {
        _sockets.Clear();
        Span<byte> buffer = stackalloc byte[96];
        foreach ((int family, byte protocol) in Tables)
        {
            var writer = new NetlinkWriter(buffer, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, _socket.NextSequence());
            Span<byte> request = writer.Fixed(DiagRequestLength);
            request[0] = (byte)family;
            request[1] = protocol;
            BinaryPrimitives.WriteUInt32LittleEndian(request[4..], uint.MaxValue);
            _ = _socket.Dump(writer.Message, message => Take(protocol, message.Body));
        }

        EphemeralPorts = ReadRange() ?? EphemeralPorts;
    }

    /// <summary>Sets the bits of the ports that the host uses on an address, its outgoing range included; the other bits stay.</summary>
    /// <param name="own">An address of the host.</param>
    /// <param name="protocol">TCP or UDP; for others there is nothing to know.</param>
    /// <param name="bits">65,536 bits: port p is bit p % 64 of word p / 64.</param>
    public void CopyTo(IpAddress own, byte protocol, Span<ulong> bits)
    {
        if (protocol is not (IpProtocol.Tcp or IpProtocol.Udp)) return;
        for (int port = EphemeralPorts.First; port <= EphemeralPorts.Last; port++) bits[port >> 6] |= 1UL << port;
        foreach ((byte Protocol, ushort Port, IpAddress Local) socket in _sockets)
            if (socket.Protocol == protocol && Covers(socket.Local, own)) bits[socket.Port >> 6] |= 1UL << socket.Port;
    }

    /// <summary>The ports of sockets on an address (the outgoing range is <see cref="EphemeralPorts"/>), sorted, each once.</summary>
    public IReadOnlyList<(byte Protocol, ushort Port)> On(IpAddress own) =>
        [.. _sockets.Where(socket => Covers(socket.Local, own)).Select(socket => (socket.Protocol, socket.Port)).Distinct().Order()];

    /// <summary>Closes what it holds open.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        Files.Close(_range);
    }

    // A socket on :: hears IPv4 too unless it says otherwise; taking it for both is the safe side.
    private static bool Covers(IpAddress local, IpAddress own) => local == own || (local.IsUnspecified && (!local.IsV4 || own.IsV4));

    // struct inet_diag_msg: family u8, state u8, timer u8, retransmissions u8, source port be16, destination port be16, source address, ...
    private void Take(byte protocol, ReadOnlySpan<byte> message)
    {
        if (message.Length < DiagMessageLength) return;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        IpAddress local = message[0] == AF_INET ? IpAddress.FromBytes(message.Slice(8, 4)) : IpAddress.FromBytes(message.Slice(8, 16));

        // A connection over IPv4 of an IPv6 socket has a mapped address (RFC 4291 section 2.5.5.2).
        if (!local.IsV4 && local.Value >> 32 == 0xFFFF) local = IpAddress.V4((uint)local.Value);
        if (port != 0) _sockets.Add((protocol, port, local));
    }

    private PortRange? ReadRange()
    {
        byte* text = stackalloc byte[64];
        nint length = _range < 0 ? 0 : ReadAt(_range, text, 64, 0);
        if (length <= 0) return null;
        string[] parts = Encoding.ASCII.GetString(text, (int)length).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2
            && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            ? new PortRange(first, last) : null;
    }
}
