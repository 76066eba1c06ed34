using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sessions;

/// <summary>Calls for memory ahead of its use.</summary>
internal static unsafe class Prefetcher
{
    /// <summary>Calls for the cache line at an address; any address will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Touch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
