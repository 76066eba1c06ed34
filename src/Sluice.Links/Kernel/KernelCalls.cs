using System.Runtime.InteropServices;
using Sluice.Links.Native;

namespace Sluice.Links.Kernel;

/// <summary>The system calls and numbers that only this folder needs; the rest is in <c>Native</c>.</summary>
internal static unsafe partial class KernelCalls
{
    public const int AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16;
    public const int SO_RCVBUF = 8, SO_RCVTIMEO = 20;
    public const int EEXIST = 17, EOPNOTSUPP = 95;

    private const string C = "libc";

    /// <summary>Sends one message whole; an interrupted call is made again.</summary>
    public static nint Send(int socket, void* buffer, nuint length)
    {
        nint sent;
        do sent = SendOnce(socket, buffer, length, 0, null, 0);
        while (sent < 0 && Errno.Last == Errno.EINTR);
        return sent;
    }

    /// <summary>Receives one message with its sender; an interrupted call is made again.</summary>
    public static nint ReceiveFrom(int socket, void* buffer, nuint length, int flags, void* address, uint* addressLength)
    {
        nint received;
        do received = ReceiveOnce(socket, buffer, length, flags, address, addressLength);
        while (received < 0 && Errno.Last == Errno.EINTR);
        return received;
    }

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, void* buffer, nuint length, long offset);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    public static partial long SystemCall(long number, long first, void* second, long third);

    [LibraryImport(C, EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendOnce(int socket, void* buffer, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport(C, EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveOnce(int socket, void* buffer, nuint length, int flags, void* address, uint* addressLength);
}
