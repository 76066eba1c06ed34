using System.Runtime.InteropServices;

namespace Sluice.Cli.Output;

/// <summary>Notices that nobody reads any more what a command prints, such as after <c>| head</c> has had enough.</summary>
/// <remarks>The runtime ignores the signal and drops what is written to a closed pipe in silence, so a command that prints for ever has to look for itself.</remarks>
internal static partial class OutputEnd
{
    private const int StandardOutput = 1;
    private const int Interrupted = 4;
    private const short Error = 8, HangUp = 16;

    // Also a watch that prints nothing for hours ends when its reader does.
    private const int Forever = -1;

    /// <summary>Calls back once, from a thread of its own, when the other end of the process's standard output is closed.</summary>
    public static void WhenClosed(Action closed) => WhenClosed(StandardOutput, closed);

    /// <summary>The same for any descriptor; one that can't be closed from its other end, such as a file's, never calls back.</summary>
    internal static void WhenClosed(int descriptor, Action closed)
    {
        var waiting = new Thread(() =>
        {
            var asked = new Descriptor { Number = descriptor };
            while (Poll(ref asked, 1, Forever) < 0 && Marshal.GetLastPInvokeError() == Interrupted) asked.Happened = 0;
            if ((asked.Happened & (Error | HangUp)) != 0) closed();
        })
        { IsBackground = true, Name = "output" };
        waiting.Start();
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Descriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public int Number;
        public short Wanted;
        public short Happened;
    }
}
