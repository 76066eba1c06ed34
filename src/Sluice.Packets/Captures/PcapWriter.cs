using System.Buffers.Binary;

namespace Sluice.Packets.Captures;

/// <summary>Writes the classic format with nanosecond stamps, little-endian whatever the machine, so equal packets give equal bytes.</summary>
public sealed class PcapWriter : IDisposable
{
    private readonly Stream stream;

    /// <summary>Writes the file header; a capture without packets is complete after it.</summary>
    /// <param name="stream">Where to; the writer owns it.</param>
    /// <param name="linkType">What the packets begin with; see <see cref="CaptureLinkType"/>.</param>
    public PcapWriter(Stream stream, int linkType)
    {
        this.stream = stream;
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, PcapReader.MagicNanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], CaptureReader.LengthMax);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)linkType);
        stream.Write(header);
    }

    /// <summary>Creates a file, or empties the one that is there.</summary>
    public static PcapWriter Create(string path, int linkType) =>
        new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16), linkType);

    /// <summary>Writes one packet. The format's seconds have 32 bits: a stamp outside of 1970 to 2106 becomes the nearest inside.</summary>
    /// <param name="timeNanoseconds">Nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="data">The packet's bytes; those beyond <see cref="CaptureReader.LengthMax"/> are cut off.</param>
    public void Write(long timeNanoseconds, ReadOnlySpan<byte> data)
    {
        long time = Math.Clamp(timeNanoseconds, 0, uint.MaxValue * 1_000_000_000L + 999_999_999);
        ReadOnlySpan<byte> captured = data.Length > CaptureReader.LengthMax ? data[..CaptureReader.LengthMax] : data;
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(time / 1_000_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(time % 1_000_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)captured.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)data.Length);
        stream.Write(header);
        stream.Write(captured);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
