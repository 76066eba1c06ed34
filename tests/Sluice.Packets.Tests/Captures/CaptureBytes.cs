using System.Buffers.Binary;
using Sluice.Packets.Captures;

namespace Sluice.Packets.Tests.Captures;

/// <summary>Builds capture files byte by byte, in either byte order, independently of the writers.</summary>
internal sealed class CaptureBytes(bool bigEndian)
{
    private readonly List<byte> bytes = [];

    public byte[] ToArray() => bytes.ToArray();

    public CaptureBytes U16(ushort value)
    {
        Span<byte> b = stackalloc byte[2];
        if (bigEndian) BinaryPrimitives.WriteUInt16BigEndian(b, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(b, value);
        bytes.AddRange(b);
        return this;
    }

    public CaptureBytes U32(uint value)
    {
        Span<byte> b = stackalloc byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(b, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(b, value);
        bytes.AddRange(b);
        return this;
    }

    public CaptureBytes Raw(params ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
    }

    public CaptureBytes PcapHeader(uint magic, uint linkType) => U32(magic).U16(2).U16(4).U32(0).U32(0).U32(65535).U32(linkType);

    public CaptureBytes PcapPacket(uint seconds, uint fraction, uint original, params ReadOnlySpan<byte> data) =>
        U32(seconds).U32(fraction).U32((uint)data.Length).U32(original).Raw(data);

    public CaptureBytes Block(uint type, byte[] body)
    {
        int padding = -body.Length & 3;
        uint length = (uint)(12 + body.Length + padding);
        return U32(type).U32(length).Raw(body).Raw(new byte[padding]).U32(length);
    }

    public CaptureBytes Section() => Block(0x0A0D0D0A, Body().U32(0x1A2B3C4D).U16(1).U16(0).U32(uint.MaxValue).U32(uint.MaxValue).ToArray());

    public CaptureBytes Interface(ushort linkType, uint snapLength = 0, byte? resolution = null)
    {
        CaptureBytes body = Body().U16(linkType).U16(0).U32(snapLength);
        if (resolution is { } r) body.U16(9).U16(1).Raw(r, 0, 0, 0).U16(0).U16(0);
        return Block(1, body.ToArray());
    }

    public CaptureBytes Enhanced(uint from, ulong stamp, uint original, params ReadOnlySpan<byte> data) =>
        Block(6, Body().U32(from).U32((uint)(stamp >> 32)).U32((uint)stamp).U32((uint)data.Length).U32(original).Raw(data).ToArray());

    public CaptureBytes Simple(uint original, params ReadOnlySpan<byte> data) => Block(3, Body().U32(original).Raw(data).ToArray());

    private CaptureBytes Body() => new(bigEndian);
}

/// <summary>What a whole capture reads as.</summary>
internal sealed record ReadCapture(List<(long Time, int LinkType, int Original, string Data)> Packets, string? Problem)
{
    public static ReadCapture From(byte[] bytes)
    {
        if (!CaptureReader.TryOpen(new MemoryStream(bytes), out CaptureReader? reader, out string? problem)) return new([], problem);
        using (reader)
        {
            var packets = new List<(long, int, int, string)>();
            while (reader.TryRead(out CaptureRecord r))
                packets.Add((r.TimeNanoseconds, r.LinkType, r.OriginalLength, Convert.ToHexString(r.Data.Span)));
            return new(packets, reader.Problem);
        }
    }
}
