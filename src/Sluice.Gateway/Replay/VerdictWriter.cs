using System.Buffers;
using System.Text.Json;
using Sluice.Packets;

namespace Sluice.Gateway.Replay;

/// <summary>What became of one packet that was read.</summary>
/// <param name="Packet">Its number, from 1.</param>
/// <param name="Link">The link that it came in by.</param>
/// <param name="TimeNanoseconds">Its stamp.</param>
/// <param name="Verdict">Forward, drop or consume.</param>
/// <param name="Reason">Why it was dropped.</param>
/// <param name="Session">Its session's number; null where there is none.</param>
/// <param name="Out">The link that it left by; null where it didn't.</param>
public readonly record struct PacketVerdict(long Packet, string Link, long TimeNanoseconds, Verdict Verdict, DropReason Reason, ulong? Session, string? Out);

/// <summary>Writes <c>verdicts.jsonl</c>: one line for each packet read, in order.</summary>
public sealed class VerdictWriter(Stream stream) : IDisposable
{
    private readonly ArrayBufferWriter<byte> line = new(256);
    private Utf8JsonWriter? json;

    /// <summary>Writes one line.</summary>
    public void Write(in PacketVerdict packet)
    {
        line.ResetWrittenCount();
        json ??= new Utf8JsonWriter(line);
        json.Reset(line);
        json.WriteStartObject();
        json.WriteNumber("packet"u8, packet.Packet);
        json.WriteString("link"u8, packet.Link);
        json.WritePropertyName("time"u8);
        json.WriteRawValue(CaptureTime.ToText(packet.TimeNanoseconds));
        json.WriteString("verdict"u8, NameOf(packet.Verdict));
        if (packet.Verdict == Verdict.Drop) json.WriteString("reason"u8, packet.Reason.ToString());
        else json.WriteNull("reason"u8);
        if (packet.Session is { } session) json.WriteNumber("session"u8, session);
        else json.WriteNull("session"u8);
        if (packet.Out is null) json.WriteNull("out"u8);
        else json.WriteString("out"u8, packet.Out);
        json.WriteEndObject();
        json.Flush();
        stream.Write(line.WrittenSpan);
        stream.WriteByte((byte)'\n');
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        json?.Dispose();
        stream.Dispose();
    }

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Forward => "forward",
        Verdict.Drop => "drop",
        Verdict.Consume => "consume",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "A packet that was read has been judged."),
    };
}
