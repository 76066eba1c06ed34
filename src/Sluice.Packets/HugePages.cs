using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Packets;

/// <summary>Asks the kernel to keep large tables in 2 MiB pages: with cold caches a look-up waits for page tables as long as for the table itself.</summary>
/// <remarks>Advice only: where the kernel can't or won't, everything works as before.</remarks>
public static unsafe partial class HugePages
{
    /// <summary>The size of a large page in bytes.</summary>
    public const int Bytes = 2 << 20;

    // Smaller tables are found in the second-level cache of address translations anyhow.
    private const int Least = Bytes / 4;
    private const int Wanted = 14;
    private const int CollapseNow = 25;

    /// <summary>Whether large pages are worth asking for.</summary>
    public static bool IsWorth(long bytes) => bytes >= Least;

    /// <summary>Asks for large pages before an array is written for the first time.</summary>
    public static void Want<T>(T[] table) => Each(table, collapses: false);

    /// <summary>Gathers the small pages of an array that is filled into large ones.</summary>
    /// <remarks>What it shares a page with belongs to the same heap. An array that has moved since is none the worse.</remarks>
    public static void Gather<T>(T[] table) => Each(table, collapses: true);

    private static void Each<T>(T[] table, bool collapses)
    {
        nuint bytes = (nuint)table.Length * (nuint)Unsafe.SizeOf<T>();
        if (!OperatingSystem.IsLinux() || !IsWorth((long)bytes)) return;
        nuint start = (nuint)Unsafe.AsPointer(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(table)));
        for (nuint at = start & ~(nuint)(Bytes - 1); at < start + bytes; at += Bytes)
            if (Advise((void*)at, Bytes, Wanted) == 0 && collapses) _ = Advise((void*)at, Bytes, CollapseNow);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
