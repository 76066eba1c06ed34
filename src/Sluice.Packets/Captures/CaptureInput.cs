using System.Buffers.Binary;
using System.Globalization;

namespace Sluice.Packets.Captures;

/// <summary>The bytes of a capture file in order, with its byte order and the place of the first trouble.</summary>
internal sealed class CaptureInput(Stream stream) : IDisposable
{
    private byte[] buffer = new byte[4096];

    /// <summary>Whether numbers have their most significant byte first.</summary>
    public bool BigEndian { get; set; }

    /// <summary>How many bytes have been consumed.</summary>
    public long Position { get; private set; }

    /// <summary>The first trouble, as a sentence.</summary>
    public string? Problem { get; private set; }

    /// <summary>Notes the trouble at the present place, unless one is noted already, and says that reading is over.</summary>
    public bool Fail(string what)
    {
        Problem ??= string.Create(CultureInfo.InvariantCulture, $"{what} (at byte {Position})");
        return false;
    }

    /// <summary>Reads exactly so many bytes, valid until the next call. False at the end; a part of them only is consumed and lost.</summary>
    public bool TryRead(int count, out ReadOnlyMemory<byte> bytes)
    {
        if (buffer.Length < count) buffer = new byte[count];
        int got = stream.ReadAtLeast(buffer.AsSpan(0, count), count, throwOnEndOfStream: false);
        Position += got;
        bytes = buffer.AsMemory(0, got);
        return got == count;
    }

    /// <summary>Passes over so many bytes; false if there are fewer.</summary>
    public bool TrySkip(long count)
    {
        while (count > 0)
        {
            if (!TryRead((int)Math.Min(count, 1 << 16), out ReadOnlyMemory<byte> bytes)) return false;
            count -= bytes.Length;
        }

        return true;
    }

    /// <summary>The 32-bit number at an offset.</summary>
    public uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    /// <summary>The 16-bit number at an offset.</summary>
    public ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    /// <summary>The signed 64-bit number at an offset.</summary>
    public long Int64(ReadOnlySpan<byte> bytes, int offset) => BigEndian
        ? BinaryPrimitives.ReadInt64BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
