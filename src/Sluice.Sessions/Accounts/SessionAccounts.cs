using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What one session is counted under: beside the records, in memory that only sessions with an account touch.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal readonly record struct SessionAccounts(uint Destination, uint Source)
{
    public bool IsNone => (Destination | Source) == AccountTable.None;
}
