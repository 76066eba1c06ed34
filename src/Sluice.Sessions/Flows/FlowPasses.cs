using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

/// <summary>The look-up's passes over a chunk, for stages that keep parse, look-up and rewrite apart.</summary>
/// <remarks>
/// Each pass calls for the memory that the next one reads, so a chunk pays for one cache miss at a time instead of 64 in a row.
/// They are fully optimised from the first call: no slow first second.
/// </remarks>
public static unsafe class FlowPasses<TFamily, TKey, TLine>
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>Packets that pass together: enough to hide a miss, few enough to stay in the first-level cache.</summary>
    public const int Chunk = 64;

    /// <summary>Pass 1: hashes the keys and calls for their buckets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prepare(in FlowView<TFamily, TKey, TLine> view, Span<FlowWork<TKey>> works)
    {
        FlowView<TFamily, TKey, TLine> local = view;
        for (int i = 0; i < works.Length; i++) local.Prepare(ref works[i]);
    }

    /// <summary>Pass 2: finds the candidates and calls for their lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Probe(in FlowView<TFamily, TKey, TLine> view, Span<FlowWork<TKey>> works)
    {
        FlowView<TFamily, TKey, TLine> local = view;
        for (int i = 0; i < works.Length; i++) local.Probe(ref works[i]);
    }
}
