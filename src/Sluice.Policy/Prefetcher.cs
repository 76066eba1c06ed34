using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Policy;

/// <summary>Calls for memory before it is needed.</summary>
internal static unsafe class Prefetcher
{
    /// <summary>Asks for the lines that a table's entry lies in. Where the collector moves the table meanwhile, nothing is lost but the wish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Touch<T>(ref T entry)
    {
        if (!Sse.IsSupported) return;
        byte* at = (byte*)Unsafe.AsPointer(ref Unsafe.As<T, byte>(ref entry));
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + Unsafe.SizeOf<T>() - 1);
    }
}
