using System.Runtime.InteropServices;

namespace Sluice.Dataplane.Records;

/// <summary>One record as the packet path writes it: one cache line.</summary>
/// <remarks>
/// <code>
///  +0  u128 source   +16 u128 destination   +32 u32 when, ms   +36 u32 rule   +40 u32 passed over
/// +44  u16 generation   +46 u16 realm from   +48 u16 realm to   +50 u16 source port   +52 u16 destination port   +54 u8 protocol   +55 u8 traits
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct RuleEntry
{
    [FieldOffset(0)] public UInt128 Source;
    [FieldOffset(16)] public UInt128 Destination;
    [FieldOffset(32)] public uint At;
    [FieldOffset(36)] public uint Rule;
    [FieldOffset(40)] public uint PassedOver;
    [FieldOffset(44)] public ushort Generation;
    [FieldOffset(46)] public ushort RealmFrom;
    [FieldOffset(48)] public ushort RealmTo;
    [FieldOffset(50)] public ushort SourcePort;
    [FieldOffset(52)] public ushort DestinationPort;
    [FieldOffset(54)] public byte Protocol;
    [FieldOffset(55)] public RuleEntryTraits Traits;
}

/// <summary>Bits of <see cref="RuleEntry.Traits"/>.</summary>
[Flags]
internal enum RuleEntryTraits : byte
{
    None = 0,
    Denied = 1,
    HasPorts = 2,
    V6 = 4,
}
