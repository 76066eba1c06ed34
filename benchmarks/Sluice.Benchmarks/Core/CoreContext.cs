using System.Runtime.InteropServices;
using Sluice.Dataplane.Routing;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>All that a core works with, besides packets: one structure for the C# and the C version, on the same memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CoreContext
{
    public FlowBucket* Buckets;
    public void* Lines;
    public ulong BucketCount;
    public HashSecret Secret;
    public NextHop* NextHops;
    public ulong NextHopMask;
    public uint* IdleMilliseconds;
    public ulong Mac;
    public uint Now;
    public ushort Generation;
    public ushort Vlan;

    /// <summary>Packets that the core would have handed to slower code: 0 in a valid measurement.</summary>
    public ulong Left;
}
