using System.Buffers.Binary;
using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Kernel.Netlink;
using Sluice.Links.Native;
using static Sluice.Links.Kernel.KernelCalls;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel;

/// <summary>Puts a link's configured addresses on its kernel interface where they are absent, and takes away exactly what it put there.</summary>
/// <remarks>
/// What it adds carries an address protocol number of its own (IFA_PROTO, Linux 5.18). A gateway that was killed leaves its addresses behind; the next one knows
/// them by that mark and takes them over, or away if the configuration no longer names them. Addresses of anybody else are never touched.
/// Two gateways must not share an interface. Made and used in the namespace of the link, by one thread at a time.
/// </remarks>
public sealed class InterfaceAddresses : IDisposable
{
    /// <summary>The mark of our addresses: shown by <c>ip address</c> as <c>proto 0x53</c>.</summary>
    public const byte Protocol = 0x53;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NETLINK_ROUTE);
    private readonly List<(int Interface, InterfaceAddress Address)> _added = [];

    /// <summary>What is on the interfaces because of us, in the order of adding.</summary>
    public IReadOnlyList<(int Interface, InterfaceAddress Address)> Added => _added;

    /// <summary>Makes an interface carry the given addresses: adds what is absent, takes away what an earlier call or a killed gateway added and is no longer wanted.</summary>
    /// <exception cref="LinkException">The kernel refuses an address; those before it stay.</exception>
    public void Set(int interfaceIndex, IReadOnlyCollection<InterfaceAddress> wanted)
    {
        var present = new HashSet<InterfaceAddress>();
        foreach ((InterfaceAddress address, bool ours) in Read(interfaceIndex))
        {
            present.Add(address);
            if (ours && !_added.Contains((interfaceIndex, address))) _added.Add((interfaceIndex, address));
        }

        _added.RemoveAll(entry => entry.Interface == interfaceIndex && !present.Contains(entry.Address));
        for (int i = _added.Count - 1; i >= 0; i--)
            if (_added[i].Interface == interfaceIndex && !wanted.Contains(_added[i].Address)) TakeAway(i);
        foreach (InterfaceAddress address in wanted)
        {
            if (present.Contains(address)) continue;
            int error = Change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, interfaceIndex, address);
            if (error == 0) _added.Add((interfaceIndex, address));
            else if (error != EEXIST) throw new LinkException($"cannot put {address} on interface {interfaceIndex}: {Hint(error)}");
        }
    }

    /// <summary>Takes away what was added, the last one first: an IPv4 address takes the later ones of its prefix with it.</summary>
    public void Dispose()
    {
        for (int i = _added.Count - 1; i >= 0; i--) TakeAway(i);
        _socket.Dispose();
    }

    private static string Hint(int error) => error switch
    {
        Errno.EPERM or Errno.EACCES => "not permitted; run as root or with CAP_NET_ADMIN",
        Errno.ENODEV => "there is no such interface",
        _ => Errno.Describe(error),
    };

    // An address or interface that somebody else removed meanwhile is gone as wished.
    private void TakeAway(int i)
    {
        (int index, InterfaceAddress address) = _added[i];
        _added.RemoveAt(i);
        _ = Change(RTM_DELADDR, 0, index, address);
    }

    private List<(InterfaceAddress Address, bool Ours)> Read(int interfaceIndex)
    {
        var found = new List<(InterfaceAddress, bool)>();
        Span<byte> buffer = stackalloc byte[32];
        bool consistent;
        do
        {
            found.Clear();
            var writer = new NetlinkWriter(buffer, RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, _socket.NextSequence());
            writer.Fixed(AddressHeaderLength);
            consistent = _socket.Dump(writer.Message, message =>
            {
                if (RouteMessages.TryReadAddress(message, out int index, out InterfaceAddress address, out byte protocol) && index == interfaceIndex)
                    found.Add((address, protocol == Protocol));
            });
        }
        while (!consistent);
        return found;
    }

    private int Change(ushort type, ushort flags, int interfaceIndex, InterfaceAddress address)
    {
        Span<byte> buffer = stackalloc byte[128], bytes = stackalloc byte[16];
        var writer = new NetlinkWriter(buffer, type, (ushort)(NLM_F_REQUEST | NLM_F_ACK | flags), _socket.NextSequence());
        Span<byte> header = writer.Fixed(AddressHeaderLength);
        bool isV4 = address.Address.IsV4;
        header[0] = (byte)(isV4 ? AF_INET : AF_INET6);
        header[1] = address.PrefixLength;
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], interfaceIndex);
        bytes = bytes[..address.Address.CopyTo(bytes)];
        writer.Attribute(IFA_LOCAL, bytes);
        writer.Attribute(IFA_ADDRESS, bytes);
        if (type == RTM_DELADDR) return _socket.Request(writer.Message);
        writer.Attribute(IFA_PROTO, [Protocol]);

        // Duplicate address detection would keep a new IPv6 address silent for a second or more.
        if (!isV4) writer.Attribute(IFA_FLAGS, IFA_F_NODAD);
        if (isV4 && address.PrefixLength < 31)
        {
            address.Prefix.Last.CopyTo(bytes);
            writer.Attribute(IFA_BROADCAST, bytes);
        }

        return _socket.Request(writer.Message);
    }
}
