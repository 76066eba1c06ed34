using System.Buffers.Binary;
using Sluice.Packets.Captures;

namespace Sluice.Scenarios;

/// <summary>Captures of what comes in, in the formats that a replay reads; and what it wrote.</summary>
internal static class ScenarioCaptures
{
    private const uint MagicMicroseconds = 0xA1B2_C3D4;

    /// <summary>Writes one link's capture.</summary>
    public static void Write(string path, string format, int linkType, IEnumerable<(long Time, byte[] Frame)> packets)
    {
        if (format == "pcapng")
        {
            using var ng = new PcapngWriter(File.Create(path));
            int number = ng.AddInterface("scenario", linkType);
            foreach ((long time, byte[] frame) in packets) ng.Write(number, time, frame);
            return;
        }

        using (PcapWriter writer = PcapWriter.Create(path, linkType))
            foreach ((long time, byte[] frame) in packets) writer.Write(time, frame);
        if (format == "microseconds") Coarsen(path);
    }

    /// <summary>The packets of a capture.</summary>
    public static List<(long Time, byte[] Frame)> Read(string path)
    {
        if (!CaptureReader.TryOpen(path, out CaptureReader? reader, out string? problem)) throw new InvalidOperationException(problem);
        using (reader)
        {
            var packets = new List<(long, byte[])>();
            while (reader.TryRead(out CaptureRecord record)) packets.Add((record.TimeNanoseconds, record.Data.ToArray()));
            return packets;
        }
    }

    // The format that most tools write: the same file with another magic number and stamps of microseconds.
    private static void Coarsen(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(file, MagicMicroseconds);
        for (int at = 24; at < file.Length;)
        {
            Span<byte> header = file.AsSpan(at);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) / 1000);
            at += 16 + BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        }

        File.WriteAllBytes(path, file);
    }
}
