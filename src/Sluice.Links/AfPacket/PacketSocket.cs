using System.Runtime.InteropServices;
using Sluice.Links.Native;

namespace Sluice.Links.AfPacket;

/// <summary>The numbers of packet sockets (linux/if_packet.h), and the steps that receiving and sending sockets share.</summary>
internal static unsafe class PacketSocket
{
    public const int Level = 263;
    public const int RxRing = 5;
    public const int Statistics = 6;
    public const int CopyThreshold = 7;
    public const int Version = 10;
    public const int Reserve = 12;
    public const int VirtioHeaders = 15;
    public const int FanOut = 18;
    public const int QdiscBypass = 20;
    public const int IgnoreOutgoing = 23;

    public const int Version2 = 1;

    /// <summary>By a symmetric hash over the flow; fragments by their addresses alone, since defragmenting is not asked for.</summary>
    public const int FanOutHash = 0;

    /// <summary>The kernel chooses the group's number.</summary>
    public const int FanOutUniqueId = 0x2000;

    /// <summary>The group ignores outgoing frames; kernels that don't know it take it for a private flag of the group.</summary>
    public const int FanOutIgnoreOutgoing = 0x4000;

    private const int AllProtocols = 0x0003;

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 20)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort ProtocolBigEndian;
        public int InterfaceIndex;
    }

    /// <summary>Makes a packet socket that receives nothing yet.</summary>
    public static int Open(string device) =>
        Errno.Check(Sockets.Open(Sockets.AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, 0), $"open a packet socket for {device}");

    /// <summary>Binds a socket to an interface.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="receives">Whether frames of every protocol arrive from now on; else none do.</param>
    public static void Bind(int socket, int interfaceIndex, bool receives)
    {
        LinkAddress address = new()
        {
            Family = Sockets.AF_PACKET,
            ProtocolBigEndian = receives ? (ushort)(AllProtocols << 8) : (ushort)0,
            InterfaceIndex = interfaceIndex,
        };
        Errno.Check(Sockets.Bind(socket, &address, (uint)sizeof(LinkAddress)), "bind the packet socket");
    }
}
