using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Sluice.Links.Native;

/// <summary>Descriptors: open, close, read, write, ioctl. Numbers are those of the generic Linux ABI, which x86-64 and arm64 share unless said.</summary>
internal static unsafe partial class Files
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    private const string C = "libc";

    /// <summary>Opens a path; -1 on failure.</summary>
    public static int Open(string path, int flags)
    {
        int descriptor;
        do descriptor = OpenOnce(path, flags);
        while (descriptor < 0 && Errno.Last == Errno.EINTR);
        return descriptor;
    }

    /// <summary>Reads once; an interrupted call is made again.</summary>
    public static nint Read(int descriptor, void* buffer, nuint length)
    {
        nint count;
        do count = ReadOnce(descriptor, buffer, length);
        while (count < 0 && Errno.Last == Errno.EINTR);
        return count;
    }

    /// <summary>Writes once; an interrupted call is made again.</summary>
    public static nint Write(int descriptor, void* buffer, nuint length)
    {
        nint count;
        do count = WriteOnce(descriptor, buffer, length);
        while (count < 0 && Errno.Last == Errno.EINTR);
        return count;
    }

    /// <summary>Closes a descriptor; negative ones are left alone. Linux frees the descriptor even where the call is interrupted, so it is never repeated.</summary>
    public static void Close(int descriptor)
    {
        if (descriptor >= 0) _ = CloseOnce(descriptor);
    }

    /// <summary>A device's own call.</summary>
    [LibraryImport(C, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenOnce(string path, int flags);

    [LibraryImport(C, EntryPoint = "close", SetLastError = true)]
    private static partial int CloseOnce(int descriptor);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadOnce(int descriptor, void* buffer, nuint length);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteOnce(int descriptor, void* buffer, nuint length);
}
