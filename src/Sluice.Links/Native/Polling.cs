using System.Runtime.InteropServices;

namespace Sluice.Links.Native;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short Returned;
}

/// <summary>Waiting for descriptors, and the descriptor that a thread can be woken by.</summary>
internal static unsafe partial class Polling
{
    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;
    public const short POLLNVAL = 32;

    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;
    private const string C = "libc";

    /// <summary>Waits once. An interrupted wait counts as over: every caller asks again anyway.</summary>
    public static int Wait(PollEntry* entries, nuint count, int milliseconds)
    {
        int ready = PollOnce(entries, count, milliseconds);
        return ready < 0 && Errno.Last == Errno.EINTR ? 0 : ready;
    }

    /// <summary>Makes an event descriptor at zero.</summary>
    public static int OpenEvent() => Errno.Check(EventOnce(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an event descriptor");

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    private static partial int PollOnce(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventOnce(uint initial, int flags);
}
