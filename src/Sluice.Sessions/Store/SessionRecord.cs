using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What is remembered of a session beside its two lines: 32 bytes, touched when it is made, when it ends, on TCP's flags and by people.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct SessionRecord
{
    /// <summary>The session's number; 0: none lives here. Who sets it to 0 ends the session.</summary>
    [FieldOffset(0)] public ulong Number;

    /// <summary>The clock when it was made.</summary>
    [FieldOffset(8)] public uint Start;

    /// <summary>With an endpoint-independent pool the source's mapping, with another the public address's number; 0 without pool.</summary>
    [FieldOffset(12)] public uint Source;

    /// <summary>The mapping that it came in through, or 0.</summary>
    [FieldOffset(16)] public uint Destination;

    /// <summary>The host whose quota it counts against, or 0.</summary>
    [FieldOffset(20)] public uint Host;

    // The rule in the low 31 bits; the highest says that the session has accounts.
    [FieldOffset(24)] private uint ruleAndAccounts;

    /// <summary>The set of its idle times.</summary>
    [FieldOffset(28)] public ushort Timers;

    /// <summary>The number of its source's pool, or 0.</summary>
    [FieldOffset(30)] public ushort Pool;

    private const uint AccountsBit = 1u << 31;

    /// <summary>The rule that decided.</summary>
    public uint Rule
    {
        readonly get => ruleAndAccounts & ~AccountsBit;
        set => ruleAndAccounts = (ruleAndAccounts & AccountsBit) | value;
    }

    /// <summary>Whether the session has accounts, which lie beside the records.</summary>
    public bool HasAccounts
    {
        readonly get => (ruleAndAccounts & AccountsBit) != 0;
        set => ruleAndAccounts = (ruleAndAccounts & ~AccountsBit) | (value ? AccountsBit : 0);
    }
}
