using System.Buffers.Binary;
using System.Text;

namespace Sluice.Packets.Captures;

/// <summary>Writes the block format: one section, several interfaces with nanosecond stamps, little-endian.</summary>
public sealed class PcapngWriter : IDisposable
{
    private readonly Stream stream;
    private int interfaces;

    /// <summary>Writes the section header.</summary>
    /// <param name="stream">Where to; the writer owns it.</param>
    public PcapngWriter(Stream stream)
    {
        this.stream = stream;
        Span<byte> block = stackalloc byte[28];
        BinaryPrimitives.WriteUInt32LittleEndian(block, PcapngReader.SectionHeader);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], PcapngReader.ByteOrderMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(block[12..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(block[14..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], -1); // The section's length is not known in advance.
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], block.Length);
        stream.Write(block);
    }

    /// <summary>Describes an interface and returns its number for <see cref="Write"/>.</summary>
    public int AddInterface(string name, int linkType)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        if (text.Length > 1024) text = text[..1024];
        int padded = (text.Length + 3) & ~3;
        byte[] block = new byte[16 + 4 + padded + 8 + 4 + 4];
        Span<byte> b = block;
        BinaryPrimitives.WriteUInt32LittleEndian(b, 1);
        BinaryPrimitives.WriteInt32LittleEndian(b[4..], block.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(b[8..], (ushort)linkType);
        BinaryPrimitives.WriteUInt32LittleEndian(b[12..], CaptureReader.LengthMax);
        BinaryPrimitives.WriteUInt16LittleEndian(b[16..], 2); // if_name
        BinaryPrimitives.WriteUInt16LittleEndian(b[18..], (ushort)text.Length);
        text.CopyTo(b[20..]);
        Span<byte> rest = b[(20 + padded)..];
        BinaryPrimitives.WriteUInt16LittleEndian(rest, 9); // if_tsresol: 10^-9
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], 1);
        rest[4] = 9;
        BinaryPrimitives.WriteInt32LittleEndian(rest[12..], block.Length); // After opt_endofopt, which is zeros.
        stream.Write(block);
        return interfaces++;
    }

    /// <summary>Writes one packet.</summary>
    /// <param name="interfaceNumber">What <see cref="AddInterface"/> returned.</param>
    /// <param name="timeNanoseconds">Nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="data">The packet's bytes; those beyond <see cref="CaptureReader.LengthMax"/> are cut off.</param>
    public void Write(int interfaceNumber, long timeNanoseconds, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(interfaceNumber, interfaces);
        ReadOnlySpan<byte> captured = data.Length > CaptureReader.LengthMax ? data[..CaptureReader.LengthMax] : data;
        int padding = -captured.Length & 3;
        int length = 32 + captured.Length + padding;
        ulong stamp = (ulong)Math.Max(0, timeNanoseconds);
        Span<byte> header = stackalloc byte[28];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 6);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], interfaceNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)(stamp >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)stamp);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], captured.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], data.Length);
        stream.Write(header);
        stream.Write(captured);
        Span<byte> foot = stackalloc byte[8];
        foot.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(foot[padding..], length);
        stream.Write(foot[..(padding + 4)]);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
