using System.Diagnostics.CodeAnalysis;

namespace Sluice.Packets.Captures;

/// <summary>Reads a capture file packet by packet, whatever its format and byte order.</summary>
/// <remarks>
/// Reading is total: any bytes give packets and then an end, never an exception other than the stream's own.
/// Where the file ends or stops making sense before its end, what was read stands and <see cref="Problem"/> says the rest.
/// </remarks>
public abstract class CaptureReader : IDisposable
{
    /// <summary>The most bytes that one packet may have; the same limit as libpcap's, and above any super-frame.</summary>
    public const int LengthMax = 262_144;

    private protected CaptureReader(CaptureInput input) => Input = input;

    /// <summary>Why reading ended before the file's end, as a sentence; null where it did not.</summary>
    public string? Problem => Input.Problem;

    private protected CaptureInput Input { get; }

    /// <summary>Opens a capture file: pcap or pcapng.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reader">The reader, which owns the open file.</param>
    /// <param name="problem">Why the file can't be read as a capture.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out CaptureReader? reader, [NotNullWhen(false)] out string? problem)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reader = null;
            problem = File.Exists(path) ? $"can't be opened: {e.Message}" : "no such file";
            return false;
        }

        if (TryOpen(file, out reader, out problem)) return true;
        file.Dispose();
        return false;
    }

    /// <summary>Opens a capture from a stream, which the reader then owns.</summary>
    public static bool TryOpen(Stream stream, [NotNullWhen(true)] out CaptureReader? reader, [NotNullWhen(false)] out string? problem)
    {
        reader = null;
        problem = null;
        var input = new CaptureInput(stream);
        if (!input.TryRead(4, out ReadOnlyMemory<byte> magic))
        {
            problem = input.Position == 0 ? "the file is empty, which is no capture" : "the file is too short for a capture";
            return false;
        }

        uint word = input.UInt32(magic.Span, 0);
        reader = word == PcapngReader.SectionHeader ? PcapngReader.Open(input, out problem) : PcapReader.Open(input, word, out problem);
        problem ??= reader is null ? "the file is no capture" : null;
        return reader is not null;
    }

    /// <summary>Reads the next packet; false at the end.</summary>
    public abstract bool TryRead(out CaptureRecord record);

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        GC.SuppressFinalize(this);
    }
}
