namespace Sluice.Packets.Captures;

/// <summary>The classic format: a 24-byte file header, then a 16-byte header before each packet (draft-ietf-opsawg-pcap).</summary>
internal sealed class PcapReader : CaptureReader
{
    /// <summary>First word of a file with microseconds, read in the writer's byte order.</summary>
    public const uint MagicMicroseconds = 0xA1B2_C3D4;

    /// <summary>First word of a file with nanoseconds.</summary>
    public const uint MagicNanoseconds = 0xA1B2_3C4D;

    private const int FileHeaderRest = 20;
    private const int RecordHeader = 16;

    private readonly int linkType;
    private readonly long nanosecondsPerFraction;

    private PcapReader(CaptureInput input, int linkType, long nanosecondsPerFraction) : base(input)
    {
        this.linkType = linkType;
        this.nanosecondsPerFraction = nanosecondsPerFraction;
    }

    /// <summary>Reads the rest of the file header after its first word, given as read in little-endian order.</summary>
    public static PcapReader? Open(CaptureInput input, uint magic, out string? problem)
    {
        problem = null;
        if (magic is not (MagicMicroseconds or MagicNanoseconds))
        {
            input.BigEndian = true;
            magic = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(magic);
        }

        if (magic is not (MagicMicroseconds or MagicNanoseconds))
        {
            problem = "the file is neither pcap nor pcapng";
            return null;
        }

        if (!input.TryRead(FileHeaderRest, out ReadOnlyMemory<byte> header))
        {
            problem = "the file ends inside its header";
            return null;
        }

        // The upper half of the word may tell of a frame check sequence; the type is the lower half.
        int packetsBeginWith = (int)(input.UInt32(header.Span, 16) & 0xFFFF);
        return new PcapReader(input, packetsBeginWith, magic == MagicNanoseconds ? 1 : 1000);
    }

    /// <inheritdoc/>
    public override bool TryRead(out CaptureRecord record)
    {
        record = default;
        if (Problem is not null) return false;
        if (!Input.TryRead(RecordHeader, out ReadOnlyMemory<byte> header))
            return !header.IsEmpty && Input.Fail("the capture is cut short inside a packet's header");

        uint seconds = Input.UInt32(header.Span, 0);
        uint fraction = Input.UInt32(header.Span, 4);
        uint captured = Input.UInt32(header.Span, 8);
        uint original = Input.UInt32(header.Span, 12);
        if (captured > LengthMax) return Input.Fail($"a packet of {captured} bytes is more than a capture may hold");
        if (!Input.TryRead((int)captured, out ReadOnlyMemory<byte> data)) return Input.Fail("the capture is cut short inside a packet");

        long time = seconds * 1_000_000_000L + fraction * nanosecondsPerFraction;
        record = new CaptureRecord(time, linkType, (int)Math.Min(Math.Max(original, captured), int.MaxValue), data);
        return true;
    }
}
