using System.Numerics;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>Flows by number: any two numbers give different keys, and a session's reply can carry a second number.</summary>
internal static unsafe class TestFlows
{
    public static readonly HashSecret Secret = new(0x0123_4567_89AB_CDEF, 0xC2B2_AE3D_27D4_EB4F);

    public static FlowParts Parts(IpFamily family, uint number, uint incarnation = 0) => new(
        7,
        (number & 1) == 0 ? (byte)6 : (byte)17,
        Address(family, 0x0A00_0000 + number),
        (ushort)(1024 + (number % 60_000)),
        Address(family, 0xCB00_7100 + incarnation),
        443);

    public static FlowParts Reply(IpFamily family, uint number, uint incarnation = 0) => new(
        8,
        (number & 1) == 0 ? (byte)6 : (byte)17,
        Address(family, 0xCB00_7100 + incarnation),
        443,
        Address(family, 0xC000_0000 + number),
        (ushort)incarnation);

    public static void Fill<TFamily, TKey, TLine>(TLine* line, in FlowParts parts, ushort generation = 1)
        where TFamily : struct, IFlowFamily<TKey, TLine>
        where TKey : unmanaged
        where TLine : unmanaged
    {
        *TFamily.KeyOf(line) = TFamily.MakeKey(in parts);
        *TFamily.StateOf(line) = default;
        TFamily.StateOf(line)->Generation = generation;
    }

    /// <summary>Fills both lines of a session and makes it findable.</summary>
    public static InsertOutcome Insert<TFamily, TKey, TLine, TProtocol>(
        FlowTable<TFamily, TKey, TLine, TProtocol> table, uint session, in FlowParts original, in FlowParts reply)
        where TFamily : struct, IFlowFamily<TKey, TLine>
        where TKey : unmanaged
        where TLine : unmanaged
        where TProtocol : struct, IFlowProtocol
    {
        Fill<TFamily, TKey, TLine>(table.Original(session), in original);
        Fill<TFamily, TKey, TLine>(table.Reply(session), in reply);
        return table.InsertPair(session, out _);
    }

    /// <summary>Tags in use and overflow counts over all buckets: both are 0 in an empty table.</summary>
    public static (int Entries, long Overflow) Census<TFamily, TKey, TLine>(in FlowView<TFamily, TKey, TLine> view)
        where TFamily : struct, IFlowFamily<TKey, TLine>
        where TKey : unmanaged
        where TLine : unmanaged
    {
        int entries = 0;
        long overflow = 0;
        for (uint bucket = 0; bucket < view.BucketCount; bucket++)
        {
            entries += FlowBucket.Slots - (BitOperations.PopCount(FlowBucket.Match(view.Buckets + bucket, FlowBucket.Empty)) / 2);
            overflow += view.Buckets[bucket].Overflow;
        }

        return (entries, overflow);
    }

    private static IpAddress Address(IpFamily family, uint number) =>
        family == IpFamily.V4 ? IpAddress.V4(number) : IpAddress.V6(new UInt128(0x2001_0DB8_0000_0000, number));
}

/// <summary>
/// IPv4 with a hash of few distinct values: homes and tags collide, so walks are long and candidates are often another's.
/// Flows of <see cref="OneHome"/> all have the first bucket as home.
/// </summary>
internal readonly unsafe struct CrowdedFlow4 : IFlowFamily<FlowKey4, FlowLine4>
{
    public static IpFamily Family => IpFamily.V4;

    public const ushort OneHome = 99;

    public static ulong Hash(in FlowKey4 key, in HashSecret secret) =>
        Flow4.Hash(in key, in secret) & (key.Realm == OneHome ? 6UL : 0xF000_0000_0000_0006);

    public static bool Matches(FlowLine4* line, in FlowKey4 key) => Flow4.Matches(line, in key);

    public static FlowKey4* KeyOf(FlowLine4* line) => Flow4.KeyOf(line);

    public static FlowState* StateOf(FlowLine4* line) => Flow4.StateOf(line);

    public static ushort RealmOf(FlowLine4* line) => Flow4.RealmOf(line);

    public static FlowKey4 MakeKey(in FlowParts parts) => Flow4.MakeKey(in parts);

    public static FlowParts PartsOf(in FlowKey4 key) => Flow4.PartsOf(in key);

    public static void SetWrite(FlowLine4* line, in FlowKey4 partnerKey) => Flow4.SetWrite(line, in partnerKey);
}
