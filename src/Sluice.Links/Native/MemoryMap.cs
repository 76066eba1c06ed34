using System.Runtime.InteropServices;

namespace Sluice.Links.Native;

/// <summary>Mapped memory. Numbers are those of the generic Linux ABI, which x86-64 and arm64 share.</summary>
internal static unsafe partial class MemoryMap
{
    private const int ProtectReadWrite = 3;
    private const int Shared = 1;
    private const int Private = 2;
    private const int Anonymous = 0x20;
    private const int Populate = 0x8000;
    private const string C = "libc";

    /// <summary>Maps what a descriptor offers, present from the start, so no first packet pays for a page.</summary>
    public static byte* MapShared(int descriptor, nuint length, string step) =>
        Checked(Map(null, length, ProtectReadWrite, Shared | Populate, descriptor, 0), step);

    /// <summary>Maps zeroed memory of our own; pages come with their first use.</summary>
    public static byte* MapPrivate(nuint length, string step) =>
        Checked(Map(null, length, ProtectReadWrite, Private | Anonymous, -1, 0), step);

    public static void Unmap(byte* start, nuint length)
    {
        if (start is not null) _ = UnmapOnce(start, length);
    }

    private static byte* Checked(void* start, string step)
    {
        if ((nint)start == -1) ThrowHelper.Step(step, Errno.Last);
        return (byte*)start;
    }

    [LibraryImport(C, EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(C, EntryPoint = "munmap", SetLastError = true)]
    private static partial int UnmapOnce(void* address, nuint length);
}
