using System.Text;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Native;

/// <summary>A kernel interface as its ioctls tell it; they speak of the calling thread's network namespace, which sysfs does not.</summary>
/// <param name="Index">The interface's index.</param>
/// <param name="HardwareType">ARPHRD number: 1 Ethernet, 772 loopback, 65534 none.</param>
/// <param name="Mac">Its Ethernet address.</param>
/// <param name="Mtu">Its MTU.</param>
/// <param name="IsUp">Whether it is administratively up.</param>
internal readonly unsafe record struct NetworkInterface(int Index, ushort HardwareType, MacAddress Mac, int Mtu, bool IsUp)
{
    public const int NameBytes = 16;
    public const int RequestBytes = 40;

    private const ushort HardwareEthernet = 1;
    private const ushort HardwareLoopback = 772;
    private const ushort HardwareRawIp = 519;
    private const ushort HardwareNone = 65534;

    private const nuint GetFlags = 0x8913;
    private const nuint SetFlags = 0x8914;
    private const nuint GetMtu = 0x8921;
    private const nuint SetMtu = 0x8922;
    private const nuint GetHardwareAddress = 0x8927;
    private const nuint GetIndex = 0x8933;
    private const ushort FlagUp = 1;
    private const ushort FlagRunning = 0x40;

    /// <summary>Whether frames begin with an Ethernet header.</summary>
    public bool HasEthernet => HardwareType is HardwareEthernet or HardwareLoopback;

    /// <summary>Whether frames begin with the IP header.</summary>
    public bool IsBareIp => HardwareType is HardwareNone or HardwareRawIp;

    /// <summary>Reads an interface of the calling thread's namespace.</summary>
    /// <exception cref="LinkException">There is none of that name.</exception>
    public static NetworkInterface Read(string name)
    {
        byte* request = stackalloc byte[RequestBytes];
        int socket = OpenControl();
        try
        {
            WriteName(request, name);
            if (Files.Control(socket, GetIndex, request) < 0)
            {
                if (Errno.Last == Errno.ENODEV)
                    throw new LinkException($"there is no interface {name} in this network namespace; make it (for instance `ip link add {name} type veth peer name ...`) or name another with `device`");
                ThrowHelper.Step($"ask for interface {name}", Errno.Last);
            }

            int index = *(int*)(request + NameBytes);
            Errno.Check(Files.Control(socket, GetHardwareAddress, request), $"ask for the address of {name}");
            ushort type = *(ushort*)(request + NameBytes);
            MacAddress mac = MacAddress.FromBytes(new ReadOnlySpan<byte>(request + NameBytes + 2, 6));
            Errno.Check(Files.Control(socket, GetMtu, request), $"ask for the MTU of {name}");
            int mtu = *(int*)(request + NameBytes);
            Errno.Check(Files.Control(socket, GetFlags, request), $"ask for the state of {name}");
            bool up = (*(ushort*)(request + NameBytes) & FlagUp) != 0;
            return new NetworkInterface(index, type, mac, mtu, up);
        }
        finally
        {
            Files.Close(socket);
        }
    }

    /// <summary>Sets the MTU of an interface.</summary>
    public static void ChangeMtu(string name, int mtu)
    {
        byte* request = stackalloc byte[RequestBytes];
        WriteName(request, name);
        *(int*)(request + NameBytes) = mtu;
        Ask(SetMtu, request, $"set the MTU of {name} to {mtu}");
    }

    /// <summary>Brings an interface up.</summary>
    public static void BringUp(string name)
    {
        byte* request = stackalloc byte[RequestBytes];
        WriteName(request, name);
        Ask(GetFlags, request, $"ask for the state of {name}");
        *(ushort*)(request + NameBytes) |= FlagUp;
        Ask(SetFlags, request, $"bring {name} up");
    }

    /// <summary>Whether an interface is up and, as far as the kernel has noticed, has a carrier.</summary>
    public static bool IsOperational(string name)
    {
        byte* request = stackalloc byte[RequestBytes];
        WriteName(request, name);
        Ask(GetFlags, request, $"ask for the state of {name}");
        return (*(ushort*)(request + NameBytes) & (FlagUp | FlagRunning)) == (FlagUp | FlagRunning);
    }

    /// <summary>Clears a request and writes the interface's name into it.</summary>
    public static void WriteName(byte* request, string name)
    {
        new Span<byte>(request, RequestBytes).Clear();
        int length = Encoding.UTF8.GetByteCount(name);
        if (length is 0 or >= NameBytes || name.Contains('/'))
            throw new LinkException($"'{name}' is no interface name: 1 to {NameBytes - 1} bytes, no slash");
        Encoding.UTF8.GetBytes(name, new Span<byte>(request, NameBytes));
    }

    private static void Ask(nuint call, byte* request, string step)
    {
        int socket = OpenControl();
        try
        {
            Errno.Check(Files.Control(socket, call, request), step);
        }
        finally
        {
            Files.Close(socket);
        }
    }

    private static int OpenControl() =>
        Errno.Check(Sockets.Open(Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0), "open a control socket");
}
