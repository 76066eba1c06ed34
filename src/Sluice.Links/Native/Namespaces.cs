using System.Runtime.InteropServices;

namespace Sluice.Links.Native;

/// <summary>Namespaces of the calling thread.</summary>
internal static partial class Namespaces
{
    public const int CLONE_NEWNET = 0x40000000;

    private const string C = "libc";

    /// <summary>Moves the calling thread into the namespace of a descriptor.</summary>
    [LibraryImport(C, EntryPoint = "setns", SetLastError = true)]
    public static partial int Enter(int descriptor, int kind);

    /// <summary>Gives the calling thread a new namespace.</summary>
    [LibraryImport(C, EntryPoint = "unshare", SetLastError = true)]
    public static partial int Leave(int kinds);
}
