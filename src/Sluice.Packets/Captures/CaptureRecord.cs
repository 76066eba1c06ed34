namespace Sluice.Packets.Captures;

/// <summary>One packet of a capture.</summary>
/// <param name="TimeNanoseconds">When it was captured: nanoseconds since 1970-01-01 UTC.</param>
/// <param name="LinkType">What <paramref name="Data"/> begins with; see <see cref="CaptureLinkType"/>.</param>
/// <param name="OriginalLength">The packet's length on the wire; more than was captured where the snap length cut it.</param>
/// <param name="Data">The captured bytes, valid until the next packet is read.</param>
public readonly record struct CaptureRecord(long TimeNanoseconds, int LinkType, int OriginalLength, ReadOnlyMemory<byte> Data);
