namespace Sluice.Packets.Offload;

/// <summary>Values of <see cref="Packet.GsoType"/> (virtio 1.2 section 5.1.6).</summary>
public static class GsoKind
{
    /// <summary>An ordinary packet.</summary>
    public const byte None = 0;

    /// <summary>TCP over IPv4.</summary>
    public const byte Tcp4 = 1;

    /// <summary>TCP over IPv6.</summary>
    public const byte Tcp6 = 4;

    /// <summary>UDP datagrams of one flow, over either family.</summary>
    public const byte Udp = 5;

    /// <summary>Added to a TCP kind: the first segment alone carries CWR (RFC 3168).</summary>
    public const byte Ecn = 0x80;

    /// <summary>The kind without <see cref="Ecn"/>.</summary>
    public static byte Base(byte gsoType) => (byte)(gsoType & ~Ecn);
}
