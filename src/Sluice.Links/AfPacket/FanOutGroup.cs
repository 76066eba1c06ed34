using System.Runtime.InteropServices;
using Sluice.Links.Native;

namespace Sluice.Links.AfPacket;

/// <summary>The sockets of one link's workers: the kernel spreads frames over them by flow. Used by one thread at a time.</summary>
internal sealed unsafe class FanOutGroup
{
    private readonly Lock _gate = new();
    private int _number = -1;

    /// <summary>Binds a socket and puts it into the group, as one step for whoever looks at what it receives.</summary>
    public void Join(int socket, int interfaceIndex)
    {
        lock (_gate)
        {
            // A socket can join only after it was bound, and would receive every flow until it joins: a filter that refuses everything bridges that.
            FilterStep refuse = new() { Code = ReturnConstant };
            FilterProgram program = new() { Length = 1, Steps = &refuse };
            Errno.Check(Sockets.SetOption(socket, Sockets.SOL_SOCKET, Sockets.SO_ATTACH_FILTER, &program, (uint)sizeof(FilterProgram)), "hold frames back");
            PacketSocket.Bind(socket, interfaceIndex, receives: true);
            Enter(socket);
            Sockets.Set(socket, Sockets.SOL_SOCKET, Sockets.SO_DETACH_FILTER, 0, "let frames in");
        }
    }

    private void Enter(int socket)
    {
        int flags = PacketSocket.FanOutHash | PacketSocket.FanOutIgnoreOutgoing;
        if (_number >= 0)
        {
            Sockets.Set(socket, PacketSocket.Level, PacketSocket.FanOut, _number | flags << 16, "join the fan-out group");
            return;
        }

        Sockets.Set(socket, PacketSocket.Level, PacketSocket.FanOut, (flags | PacketSocket.FanOutUniqueId) << 16, "make a fan-out group");
        int value = 0;
        uint length = sizeof(int);
        Errno.Check(Sockets.GetOption(socket, PacketSocket.Level, PacketSocket.FanOut, &value, &length), "ask for the fan-out group");
        _number = value & 0xFFFF;
    }

    private const ushort ReturnConstant = 0x06;

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterStep
    {
        public ushort Code;
        public byte JumpTrue;
        public byte JumpFalse;
        public uint Constant;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public FilterStep* Steps;
    }
}
