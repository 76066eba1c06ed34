using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Policy.Translations;

/// <summary>A table of entries of 32 or 64 bytes, none of which lies across two cache lines, in 2 MiB pages where it is large: a cold look-up waits for memory once.</summary>
/// <remarks>The memory is a pinned array: it keeps its alignment, and lives as long as anybody looks at it. Indexes are not checked: they come from the policy's own tables.</remarks>
internal readonly unsafe struct LineTable<T>
    where T : unmanaged
{
    private readonly byte[]? memory;
    private readonly int start;

    internal LineTable(ReadOnlySpan<T> entries)
    {
        long bytes = (long)entries.Length * sizeof(T);
        int alignment = HugePages.IsWorth(bytes) ? HugePages.Bytes : 64;

        // Room to begin at the alignment and to fill the last page: nobody touches it.
        memory = GC.AllocateUninitializedArray<byte>(checked((int)bytes + (2 * alignment)), pinned: true);
        HugePages.Want(memory);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        start = (int)((alignment - (address & (alignment - 1))) % alignment);
        entries.CopyTo(MemoryMarshal.CreateSpan(ref this[0], entries.Length));
        HugePages.Gather(memory);
    }

    /// <summary>An entry.</summary>
    internal ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(memory!), start + ((nint)index * sizeof(T))));
    }
}
