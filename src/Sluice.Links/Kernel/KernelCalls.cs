using System.Runtime.InteropServices;

namespace Sluice.Links.Kernel;

/// <summary>The system calls of this folder, and the numbers that go with them (x86-64 and arm64, little endian).</summary>
internal static unsafe partial class KernelCalls
{
    public const int AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16;
    public const int SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1, SO_RCVBUF = 8, SO_RCVTIMEO = 20, SO_RCVBUFFORCE = 33;
    public const int MSG_TRUNC = 0x20, MSG_DONTWAIT = 0x40;
    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EAGAIN = 11, EACCES = 13, EEXIST = 17, ENODEV = 19, EINVAL = 22,
        EOPNOTSUPP = 95, EADDRNOTAVAIL = 99, ENOBUFS = 105;

    public const short POLLIN = 1;
    public const int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;
    public const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;

    private const string C = "libc";

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport(C, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(C, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, void* address, uint length);

    [LibraryImport(C, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport(C, EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int socket, void* buffer, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport(C, EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(int socket, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(C, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, void* buffer, nuint length, long offset);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(C, EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(C, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    public static partial long SystemCall(long number, long first, void* second, long third);

    /// <summary>The error number of the last call on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>The operating system's words for an error number.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);
}
