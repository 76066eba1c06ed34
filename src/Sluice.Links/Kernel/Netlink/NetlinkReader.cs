using System.Buffers.Binary;

namespace Sluice.Links.Kernel.Netlink;

/// <summary>One message of a received buffer.</summary>
internal readonly ref struct NetlinkMessage(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[4..]);

    public ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[6..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[8..]);

    /// <summary>What follows the message header.</summary>
    public ReadOnlySpan<byte> Body => _bytes[NetlinkWriter.HeaderLength..];

    /// <summary>The error number that an NLMSG_ERROR or NLMSG_DONE body carries, as a positive number; 0 is an acknowledgement.</summary>
    public int Error => Body.Length < 4 ? 0 : -BinaryPrimitives.ReadInt32LittleEndian(Body);
}

/// <summary>Walks the messages of a received buffer; ends at the first one whose length can't be true.</summary>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;
    private ReadOnlySpan<byte> _current;

    public readonly NetlinkMessage Current => new(_current);

    public readonly NetlinkMessages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < NetlinkWriter.HeaderLength) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length < NetlinkWriter.HeaderLength || length > (uint)_rest.Length) return false;
        _current = _rest[..(int)length];
        _rest = _rest[Math.Min(NetlinkWriter.Aligned((int)length), _rest.Length)..];
        return true;
    }
}

/// <summary>One attribute: a type and its bytes.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    public ushort Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The value as a word; 0 if it is shorter than one.</summary>
    public uint Word => Value.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(Value);
}

/// <summary>Walks attributes; ends at the first one whose length can't be true.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;
    private ReadOnlySpan<byte> _current;

    public readonly NetlinkAttribute Current =>
        new((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_current[2..]) & NetlinkNumbers.NLA_TYPE_MASK), _current[4..]);

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4) return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < 4 || length > _rest.Length) return false;
        _current = _rest[..length];
        _rest = _rest[Math.Min(NetlinkWriter.Aligned(length), _rest.Length)..];
        return true;
    }
}
