namespace Sluice.Packets.Headers;

/// <summary>Bits of TCP's flag byte (RFC 9293 section 3.1).</summary>
public static class TcpFlag
{
    /// <summary>No more data from the sender.</summary>
    public const byte Fin = 0x01;

    /// <summary>Synchronise sequence numbers.</summary>
    public const byte Syn = 0x02;

    /// <summary>Reset the connection.</summary>
    public const byte Rst = 0x04;

    /// <summary>Push.</summary>
    public const byte Psh = 0x08;

    /// <summary>The acknowledgment number counts.</summary>
    public const byte Ack = 0x10;

    /// <summary>The urgent pointer counts.</summary>
    public const byte Urg = 0x20;

    /// <summary>ECN echo (RFC 3168).</summary>
    public const byte Ece = 0x40;

    /// <summary>Congestion window reduced (RFC 3168).</summary>
    public const byte Cwr = 0x80;
}
