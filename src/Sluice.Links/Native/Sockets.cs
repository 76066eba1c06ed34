using System.Runtime.InteropServices;

namespace Sluice.Links.Native;

/// <summary>One piece of a message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public void* Start;
    public nuint Length;
}

/// <summary>struct msghdr of a 64-bit C library.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Pieces;
    public nuint PieceCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct mmsghdr: a message and how much of it was sent.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessage
{
    public MessageHeader Header;
    public uint Length;
}

/// <summary>Sockets. Numbers are those of the generic Linux ABI, which x86-64 and arm64 share.</summary>
internal static unsafe partial class Sockets
{
    public const int AF_INET = 2;
    public const int AF_PACKET = 17;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SO_ERROR = 4;
    public const int SO_ATTACH_FILTER = 26;
    public const int SO_DETACH_FILTER = 27;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;

    private const string C = "libc";

    /// <summary>Makes a socket; -1 on failure.</summary>
    [LibraryImport(C, EntryPoint = "socket", SetLastError = true)]
    public static partial int Open(int domain, int type, int protocol);

    [LibraryImport(C, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, void* address, uint length);

    [LibraryImport(C, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport(C, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int socket, int level, int option, void* value, uint* length);

    /// <summary>Receives one message without waiting; an interrupted call is made again.</summary>
    public static nint Receive(int socket, void* buffer, nuint length, int flags)
    {
        nint count;
        do count = ReceiveOnce(socket, buffer, length, flags, null, null);
        while (count < 0 && Errno.Last == Errno.EINTR);
        return count;
    }

    /// <summary>Sends several messages; returns how many went, or -1 where the first failed. An interrupted call is made again.</summary>
    public static int SendMany(int socket, MultiMessage* messages, uint count, int flags)
    {
        int sent;
        do sent = SendManyOnce(socket, messages, count, flags);
        while (sent < 0 && Errno.Last == Errno.EINTR);
        return sent;
    }

    /// <summary>Sets an option that is one number, or names the step that failed.</summary>
    public static void Set(int socket, int level, int option, int value, string step) =>
        Errno.Check(SetOption(socket, level, option, &value, sizeof(int)), step);

    /// <summary>Sets an option that is only a wish.</summary>
    public static bool TrySet(int socket, int level, int option, int value) =>
        SetOption(socket, level, option, &value, sizeof(int)) == 0;

    [LibraryImport(C, EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveOnce(int socket, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport(C, EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendManyOnce(int socket, MultiMessage* messages, uint count, int flags);
}
