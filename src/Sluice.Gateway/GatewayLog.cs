using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Gateway.Views;

namespace Sluice.Gateway;

/// <summary>What a gateway says while it runs: one line an event, for people or as JSON.</summary>
/// <param name="writer">Where to.</param>
/// <param name="json">Whether lines are JSON objects.</param>
/// <param name="time">The clock of the lines' stamps.</param>
public sealed class GatewayLog(TextWriter writer, bool json, TimeProvider? time = null)
{
    private readonly TimeProvider clock = time ?? TimeProvider.System;

    /// <summary>Something changed.</summary>
    public void Info(string message) => Write("info", message);

    /// <summary>Something should be looked at.</summary>
    public void Warning(string message) => Write("warning", message);

    /// <summary>Something failed.</summary>
    public void Error(string message) => Write("error", message);

    /// <summary>A problem of the configuration, in the form file:line:column: rule: message that editors understand.</summary>
    public void Problem(string problem)
    {
        if (json) Write("error", problem);
        else lock (writer) writer.WriteLine(problem);
    }

    /// <summary>What a rule asks to be told; as JSON its parts are fields too.</summary>
    public void Rule(RuleRecordView record) => Write("info", record.ToString(), record);

    private void Write(string level, string message, RuleRecordView? record = null)
    {
        string stamp = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string line = json ? Json(stamp, level, message, record) : level == "info" ? $"sluice: {message}" : $"sluice: {level}: {message}";
        lock (writer) writer.WriteLine(line);
    }

    private static string Json(string stamp, string level, string message, RuleRecordView? record)
    {
        using var stream = new MemoryStream();
        using (var line = new Utf8JsonWriter(stream))
        {
            line.WriteStartObject();
            line.WriteString("time"u8, stamp);
            line.WriteString("level"u8, level);
            line.WriteString("message"u8, message);
            if (record is not null) Fields(line, record);
            line.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Fields(Utf8JsonWriter line, RuleRecordView record)
    {
        line.WriteString("rule"u8, record.Rule);
        line.WriteString("place"u8, record.Place);
        line.WriteString("action"u8, record.Action);
        line.WriteString("from"u8, record.From);
        line.WriteString("to"u8, record.To);
        line.WriteString("protocol"u8, record.Protocol);
        line.WriteString("source"u8, record.Source);
        line.WriteString("destination"u8, record.Destination);
        line.WriteNumber("passedOver"u8, record.PassedOver);
    }
}
