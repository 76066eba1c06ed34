using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Sessions;

/// <summary>Calls for memory ahead of its use.</summary>
internal static unsafe class Prefetcher
{
    /// <summary>Calls for an entry that may lie in two cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TouchEntry<T>(T* entry)
        where T : unmanaged
    {
        Touch(entry);
        Touch((byte*)(entry + 1) - 1);
    }

    /// <summary>Calls for the cache line at an address; any address will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Touch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
