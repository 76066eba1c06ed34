using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What one client of one translation had last: 48 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct AffinityEntry
{
    /// <summary>The client's address, high half.</summary>
    [FieldOffset(0)] public ulong High;

    /// <summary>The client's address, low half; of IPv4 all of it.</summary>
    [FieldOffset(8)] public ulong Low;

    /// <summary>The translation.</summary>
    [FieldOffset(16)] public ulong Translation;

    /// <summary>The backend.</summary>
    [FieldOffset(24)] public ulong Backend;

    /// <summary>The clock at the client's last new session.</summary>
    [FieldOffset(32)] public uint Seen;

    /// <summary>Milliseconds that this lasts after <see cref="Seen"/>.</summary>
    [FieldOffset(36)] public uint Lasts;

    /// <summary>The next entry of the chain, or 0.</summary>
    [FieldOffset(40)] public uint Next;

    /// <summary>The client's realm.</summary>
    [FieldOffset(44)] public ushort Realm;

    /// <summary>The client's family; 0: nothing is remembered here.</summary>
    [FieldOffset(46)] public byte Family;

    /// <summary>Whether a session has been made by it: until then it goes with the attempt that fails.</summary>
    [FieldOffset(47)] public bool IsConfirmed;
}
