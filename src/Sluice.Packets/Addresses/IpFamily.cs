namespace Sluice.Packets.Addresses;

/// <summary>The two versions of the Internet Protocol; the value is the header's version field.</summary>
public enum IpFamily : byte
{
    /// <summary>Internet Protocol version 4 (RFC 791).</summary>
    V4 = 4,

    /// <summary>Internet Protocol version 6 (RFC 8200).</summary>
    V6 = 6,
}
