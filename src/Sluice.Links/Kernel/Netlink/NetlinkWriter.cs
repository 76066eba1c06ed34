using System.Buffers.Binary;

namespace Sluice.Links.Kernel.Netlink;

/// <summary>Builds one netlink message in a buffer of the caller: header, fixed part, attributes.</summary>
/// <remarks>The length field is kept right after every step, so <see cref="Message"/> can be sent at any time.</remarks>
internal ref struct NetlinkWriter
{
    /// <summary>nlmsghdr: length u32, type u16, flags u16, sequence u32, port u32.</summary>
    public const int HeaderLength = 16;

    private readonly Span<byte> _buffer;
    private int _length;

    public NetlinkWriter(Span<byte> buffer, ushort type, ushort flags, uint sequence)
    {
        _buffer = buffer;
        _length = HeaderLength;
        buffer[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[6..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[8..], sequence);
        WriteLength();
    }

    /// <summary>The finished message.</summary>
    public readonly ReadOnlySpan<byte> Message => _buffer[.._length];

    /// <summary>Appends a zeroed fixed part and returns it to be filled in.</summary>
    public Span<byte> Fixed(int size)
    {
        Span<byte> part = _buffer.Slice(_length, size);
        part.Clear();
        Advance(size);
        return part;
    }

    /// <summary>Appends an attribute of raw bytes.</summary>
    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = _buffer.Slice(_length, Aligned(4 + value.Length));
        attribute.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], type);
        value.CopyTo(attribute[4..]);
        Advance(attribute.Length);
    }

    /// <summary>Appends an attribute of one word.</summary>
    public void Attribute(ushort type, uint value)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        Attribute(type, word);
    }

    /// <summary>Rounds a length up to netlink's alignment of four bytes.</summary>
    public static int Aligned(int length) => (length + 3) & ~3;

    private void Advance(int size)
    {
        _length += Aligned(size);
        WriteLength();
    }

    private readonly void WriteLength() => BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)_length);
}
