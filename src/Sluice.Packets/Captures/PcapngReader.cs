namespace Sluice.Packets.Captures;

/// <summary>The block format: sections, interfaces with their own link type and clock, packets (draft-ietf-opsawg-pcapng).</summary>
internal sealed class PcapngReader : CaptureReader
{
    /// <summary>Type of the block that begins a section; the same word in both byte orders.</summary>
    public const uint SectionHeader = 0x0A0D_0D0A;

    /// <summary>Word in a section header that shows its byte order.</summary>
    public const uint ByteOrderMagic = 0x1A2B_3C4D;

    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;

    private const int BlockOverhead = 12;
    private const int PacketHeader = 20;

    // A block that holds the largest packet with generous options; a longer one of a kind that is read is nonsense.
    private const int BlockLengthMax = LengthMax + (1 << 16);
    private const int InterfacesMax = 65_536;

    private readonly List<PcapngInterface> interfaces = [];
    private long lastTime;

    private PcapngReader(CaptureInput input) : base(input)
    {
    }

    /// <summary>Reads the rest of the first section header after its type.</summary>
    public static PcapngReader? Open(CaptureInput input, out string? problem)
    {
        var reader = new PcapngReader(input);
        problem = reader.TryBeginSection() ? null : reader.Problem ?? "the file ends inside its header";
        return problem is null ? reader : null;
    }

    /// <inheritdoc/>
    public override bool TryRead(out CaptureRecord record)
    {
        record = default;
        while (Problem is null)
        {
            if (!Input.TryRead(4, out ReadOnlyMemory<byte> head))
                return !head.IsEmpty && Input.Fail("the capture is cut short inside a block's header");
            uint type = Input.UInt32(head.Span, 0);
            if (type == SectionHeader)
            {
                if (!TryBeginSection()) return Input.Fail("the capture is cut short inside a section header");
                continue;
            }

            if (!TryReadBody(type, out ReadOnlyMemory<byte> body)) return Input.Fail("the capture is cut short inside a block");
            switch (type)
            {
                case InterfaceDescription:
                    if (!TryAddInterface(body)) return false;
                    break;
                case EnhancedPacket or ObsoletePacket:
                    return TryReadPacket(body, wideInterface: type == EnhancedPacket, out record);
                case SimplePacket:
                    return TryReadSimplePacket(body, out record);
            }
        }

        return false;
    }

    // The type has been read: length, byte order, version, section length, options, length again.
    private bool TryBeginSection()
    {
        if (!Input.TryRead(8, out ReadOnlyMemory<byte> head)) return false;
        Input.BigEndian = false;
        if (Input.UInt32(head.Span, 4) != ByteOrderMagic) Input.BigEndian = true;
        if (Input.UInt32(head.Span, 4) != ByteOrderMagic) return Input.Fail("a section header shows no byte order");
        uint length = Input.UInt32(head.Span, 0);
        if (length < 28 || length % 4 != 0) return Input.Fail($"a section header of {length} bytes");
        if (!Input.TryRead(4, out ReadOnlyMemory<byte> version)) return false;
        ushort major = Input.UInt16(version.Span, 0);
        if (major != 1) return Input.Fail($"pcapng version {major} is not known");
        interfaces.Clear();
        return Input.TrySkip(length - 16);
    }

    private bool TryReadBody(uint type, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (!Input.TryRead(4, out ReadOnlyMemory<byte> head)) return false;
        uint length = Input.UInt32(head.Span, 0);
        if (length < BlockOverhead || length % 4 != 0) return Input.Fail($"a block of {length} bytes");
        if (type is not (InterfaceDescription or ObsoletePacket or SimplePacket or EnhancedPacket)) return Input.TrySkip(length - 8);

        if (length > BlockLengthMax) return Input.Fail($"a block of {length} bytes is more than a capture may hold");
        if (!Input.TryRead((int)length - 8, out ReadOnlyMemory<byte> rest)) return false;
        if (Input.UInt32(rest.Span, rest.Length - 4) != length) return Input.Fail("the two lengths of a block differ");
        body = rest[..^4];
        return true;
    }

    private bool TryAddInterface(ReadOnlyMemory<byte> body)
    {
        if (body.Length < 8) return Input.Fail("an interface block is too short");
        if (interfaces.Count == InterfacesMax) return Input.Fail("too many interfaces");
        interfaces.Add(PcapngInterface.Read(Input, body.Span));
        return true;
    }

    // Both packet blocks have 20 bytes before the data. The obsolete one has a 16-bit interface and a count of drops in place of 32 bits.
    private bool TryReadPacket(ReadOnlyMemory<byte> body, bool wideInterface, out CaptureRecord record)
    {
        record = default;
        if (body.Length < PacketHeader) return Input.Fail("a packet block is too short");
        ReadOnlySpan<byte> bytes = body.Span;
        uint index = wideInterface ? Input.UInt32(bytes, 0) : Input.UInt16(bytes, 0);
        ulong stamp = (ulong)Input.UInt32(bytes, 4) << 32 | Input.UInt32(bytes, 8);
        uint captured = Input.UInt32(bytes, 12);
        if (index >= interfaces.Count) return Input.Fail($"a packet of interface {index}, which is not described");
        if (captured > body.Length - PacketHeader || captured > LengthMax) return Input.Fail("a packet is longer than its block");

        lastTime = interfaces[(int)index].ToNanoseconds(stamp);
        record = MakeRecord(interfaces[(int)index], Input.UInt32(bytes, 16), body.Slice(PacketHeader, (int)captured));
        return true;
    }

    // A simple packet has no stamp: it takes the stamp of the packet before it, so that order is kept where captures are merged.
    private bool TryReadSimplePacket(ReadOnlyMemory<byte> body, out CaptureRecord record)
    {
        record = default;
        if (body.Length < 4) return Input.Fail("a packet block is too short");
        if (interfaces.Count == 0) return Input.Fail("a packet before any interface is described");
        uint original = Input.UInt32(body.Span, 0);
        uint snap = interfaces[0].SnapLength == 0 ? uint.MaxValue : interfaces[0].SnapLength;
        uint captured = Math.Min(Math.Min(original, snap), (uint)(body.Length - 4));
        if (captured > LengthMax) return Input.Fail($"a packet of {captured} bytes is more than a capture may hold");
        record = MakeRecord(interfaces[0], original, body.Slice(4, (int)captured));
        return true;
    }

    private CaptureRecord MakeRecord(in PcapngInterface from, uint original, ReadOnlyMemory<byte> data) =>
        new(lastTime, from.LinkType, (int)Math.Min(Math.Max(original, (uint)data.Length), int.MaxValue), data);
}
