using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>Native memory of tables: mapped from the kernel, zeroed, aligned, in huge pages where the kernel gives them; freed with the arena.</summary>
/// <remarks>Memory is virtual until it is first touched, so a table sized for millions costs what it holds.</remarks>
public sealed unsafe partial class NativeArena : IDisposable
{
    private const nuint PageBytes = 4096;
    private const nuint HugePageBytes = 2 << 20;

    private readonly List<(nint Address, nuint Bytes)> mappings = [];

    /// <summary>Bytes mapped (virtual; the resident part is what was touched).</summary>
    public nuint MappedBytes { get; private set; }

    /// <summary>Maps room for <paramref name="count"/> values of <typeparamref name="T"/>, zeroed, at least page-aligned.</summary>
    /// <exception cref="InsufficientMemoryException">The kernel refuses.</exception>
    public T* Allocate<T>(nuint count)
        where T : unmanaged
    {
        nuint bytes = RoundUp(Math.Max(count, 1) * (nuint)sizeof(T), PageBytes);
        bool huge = bytes >= HugePageBytes;
        nuint mapped = huge ? bytes + HugePageBytes : bytes;
        nint address = Map(0, mapped, ProtectRead | ProtectWrite, MapPrivate | MapAnonymous | MapNoReserve, -1, 0);
        if (address == -1) throw new InsufficientMemoryException($"The kernel refused {mapped} bytes of memory for a table.");
        mappings.Add((address, mapped));
        MappedBytes += mapped;
        if (!huge) return (T*)address;

        nuint aligned = RoundUp((nuint)address, HugePageBytes);

        // A hint: without huge pages the table works the same, only slower.
        _ = Advise((nint)aligned, bytes, AdviseHugePage);
        return (T*)aligned;
    }

    /// <summary>Unmaps everything. Nothing may use the memory any more.</summary>
    public void Dispose()
    {
        foreach ((nint address, nuint bytes) in mappings) _ = Unmap(address, bytes);
        mappings.Clear();
        MappedBytes = 0;
    }

    private static nuint RoundUp(nuint value, nuint unit) => (value + unit - 1) & ~(unit - 1);

    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int MapPrivate = 2;
    private const int MapAnonymous = 0x20;
    private const int MapNoReserve = 0x4000;
    private const int AdviseHugePage = 14;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
