using Sluice.Links.Native;

namespace Sluice.Links.Tun;

/// <summary>The calls that make a TUN device (linux/if_tun.h); it goes away with its last descriptor, so also on <c>kill -9</c>.</summary>
internal static unsafe class TunDevice
{
    private const string Path = "/dev/net/tun";
    private const nuint SetInterface = 0x400454CA;
    private const nuint SetOffload = 0x400454D0;

    private const ushort FlagTun = 0x0001;
    private const ushort FlagMultiQueue = 0x0100;
    private const ushort FlagNoPacketInformation = 0x1000;
    private const ushort FlagVirtioHeader = 0x4000;

    private const uint OffloadChecksum = 1;
    private const uint OffloadTcp4 = 2;
    private const uint OffloadTcp6 = 4;
    private const uint OffloadTcpEcn = 8;
    private const uint OffloadUdp4 = 0x20;
    private const uint OffloadUdp6 = 0x40;

    /// <summary>Opens one queue of a device, and makes the device with the first.</summary>
    public static int Open(string device, bool multiQueue)
    {
        int descriptor = Files.Open(Path, Files.O_RDWR | Files.O_NONBLOCK | Files.O_CLOEXEC);
        if (descriptor < 0)
        {
            if (Errno.Last is Errno.ENOENT or Errno.ENODEV)
                throw new LinkException($"there is no {Path}; load the driver (`modprobe tun`) or give the container that device");
            ThrowHelper.Step($"open {Path}", Errno.Last);
        }

        try
        {
            byte* request = stackalloc byte[NetworkInterface.RequestBytes];
            NetworkInterface.WriteName(request, device);
            *(ushort*)(request + NetworkInterface.NameBytes) =
                (ushort)(FlagTun | FlagNoPacketInformation | FlagVirtioHeader | (multiQueue ? FlagMultiQueue : 0));
            if (Files.Control(descriptor, SetInterface, request) < 0)
            {
                int error = Errno.Last;
                if (error == Errno.EBUSY) throw new LinkException($"TUN device {device} is in use by another program; end that or choose another name");
                if (error == Errno.EINVAL)
                    throw new LinkException($"interface {device} exists and is no TUN device of this kind; delete it (`ip link del {device}`) or choose another name");
                ThrowHelper.Step($"make TUN device {device}", error);
            }

            return descriptor;
        }
        catch (LinkException)
        {
            Files.Close(descriptor);
            throw;
        }
    }

    /// <summary>Lets the kernel hand over what it would leave to hardware; returns what it agreed to.</summary>
    /// <remarks>Kernels before 6.2 know no UDP segmentation here.</remarks>
    public static LinkCapabilities Offload(int descriptor)
    {
        const uint Tcp = OffloadChecksum | OffloadTcp4 | OffloadTcp6 | OffloadTcpEcn;
        if (Files.Control(descriptor, SetOffload, (void*)(Tcp | OffloadUdp4 | OffloadUdp6)) == 0)
            return LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation | LinkCapabilities.UdpSegmentation;
        Errno.Check(Files.Control(descriptor, SetOffload, (void*)Tcp), "agree on checksum and TCP segmentation");
        return LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation;
    }
}
