using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What is counted of an inside host: 40 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct HostEntry
{
    /// <summary>The address, upper half.</summary>
    [FieldOffset(0)] public ulong High;

    /// <summary>The address, lower half.</summary>
    [FieldOffset(8)] public ulong Low;

    /// <summary>The realm, the family above it; 0 in the family: a free entry.</summary>
    [FieldOffset(16)] public ushort Realm;

    /// <summary>The family's version number; 0: a free entry.</summary>
    [FieldOffset(18)] public byte Family;

    /// <summary>Mappings of all protocols.</summary>
    [FieldOffset(20)] public int Mappings;

    /// <summary>Sessions.</summary>
    [FieldOffset(24)] public int Sessions;

    /// <summary>Thousandths of a new session that it may begin at <see cref="Refilled"/>.</summary>
    [FieldOffset(28)] public uint Tokens;

    /// <summary>When <see cref="Tokens"/> was right.</summary>
    [FieldOffset(32)] public uint Refilled;

    /// <summary>The next entry of its chain.</summary>
    [FieldOffset(36)] public uint Next;
}
