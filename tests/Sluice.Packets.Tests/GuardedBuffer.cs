using System.Runtime.InteropServices;

namespace Sluice.Packets.Tests;

/// <summary>Bytes that end where a page without access begins: reading one byte too far ends the process.</summary>
internal sealed unsafe partial class GuardedBuffer : IDisposable
{
    private const int PageBytes = 4096;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly byte* _start;
    private readonly nuint _mapped;
    private readonly int _length;

    public GuardedBuffer(ReadOnlySpan<byte> bytes)
        : this(bytes.Length)
    {
        bytes.CopyTo(new Span<byte>(Data, bytes.Length));
    }

    public GuardedBuffer(int length)
    {
        nuint room = (nuint)((length + Packet.Headroom + PageBytes - 1) / PageBytes * PageBytes);
        _length = length;
        _mapped = room + PageBytes;
        _start = (byte*)Map(null, _mapped, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)_start == -1 || Protect(_start + room, PageBytes, 0) != 0) throw new InvalidOperationException("No guard page.");
        Data = _start + room - length;
    }

    public byte* Data { get; }

    /// <summary>Where to put these bytes so that they end at the guard page.</summary>
    public byte* DataOf(byte[] bytes) => Data + _length - bytes.Length;

    public void Dispose()
    {
        if (Unmap(_start, _mapped) != 0) throw new InvalidOperationException("A guarded buffer could not be unmapped.");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
