using System.Runtime.InteropServices;

namespace Sluice.Packets.Headers;

/// <summary>SCTP's common header (RFC 9260 section 3.1).</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = Bytes)]
public struct SctpHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 12;

    /// <summary>Both ports in network order as one load gives them: source in the low half.</summary>
    [FieldOffset(0)] public uint Ports;

    /// <summary>Source port.</summary>
    [FieldOffset(0)] public Be16 SourcePort;

    /// <summary>Destination port.</summary>
    [FieldOffset(2)] public Be16 DestinationPort;

    /// <summary>What the receiver asked its packets to carry; 0 in a packet with INIT.</summary>
    [FieldOffset(4)] public Be32 VerificationTag;

    /// <summary>CRC32c; its bytes stand as a little-endian load gives the number (RFC 9260 appendix A).</summary>
    [FieldOffset(8)] public uint Checksum;
}

/// <summary>How a chunk of an SCTP packet begins (RFC 9260 section 3.2), and what follows in INIT and INIT ACK (section 3.3.2).</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = InitBytes)]
public struct SctpChunkHeader
{
    /// <summary>Length of what every chunk has.</summary>
    public const int Bytes = 4;

    /// <summary>Length of an INIT or INIT ACK without its parameters.</summary>
    public const int InitBytes = 20;

    /// <summary>Type, of <see cref="SctpChunk"/>.</summary>
    [FieldOffset(0)] public byte Type;

    /// <summary>Flags, by type.</summary>
    [FieldOffset(1)] public byte Flags;

    /// <summary>Length with this header, without the bytes that fill the last word.</summary>
    [FieldOffset(2)] public Be16 Length;

    /// <summary>INIT and INIT ACK: what the other side's packets are to carry as <see cref="SctpHeader.VerificationTag"/>. Never 0.</summary>
    [FieldOffset(4)] public Be32 InitiateTag;
}

/// <summary>SCTP's chunk types that an association's life is told from (RFC 9260 section 3.2).</summary>
public static class SctpChunk
{
    /// <summary>User data.</summary>
    public const byte Data = 0;

    /// <summary>Begins an association.</summary>
    public const byte Init = 1;

    /// <summary>The answer, with a cookie.</summary>
    public const byte InitAck = 2;

    /// <summary>Asks whether a path works.</summary>
    public const byte Heartbeat = 4;

    /// <summary>Ends an association at once.</summary>
    public const byte Abort = 6;

    /// <summary>Brings the cookie back.</summary>
    public const byte CookieEcho = 10;

    /// <summary>The association is open.</summary>
    public const byte CookieAck = 11;

    /// <summary>Nothing more is outstanding on either side.</summary>
    public const byte ShutdownAck = 8;

    /// <summary>The association is over.</summary>
    public const byte ShutdownComplete = 14;
}
