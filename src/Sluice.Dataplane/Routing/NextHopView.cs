using System.Runtime.CompilerServices;

namespace Sluice.Dataplane.Routing;

/// <summary>The next hops as a loop over packets reads them: a value, so that the loop keeps it in registers.</summary>
internal readonly unsafe struct NextHopView(NextHop* entries, uint mask)
{
    /// <summary>The entry that a handle names; see <see cref="NextHopTable.At"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NextHop* At(uint handle) => entries + (handle & mask);
}
