using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads the health checks of a Translation.</summary>
internal static class HealthReader
{
    private const int MaxTextCharacters = 1024;
    private const int MaxCount = 100;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads them.</summary>
    /// <param name="node">The field; null: there are none.</param>
    /// <param name="protocol">The translation's.</param>
    /// <param name="knowsPorts">Whether each backend has a port that could be asked.</param>
    /// <param name="problems">Where problems go.</param>
    public static HealthSpec? Read(YamlNode? node, byte protocol, bool knowsPorts, Problems problems)
    {
        if (node is null) return null;
        Fields fields = Fields.Of(node, problems, "check", "port", "path", "host", "status", "send", "answer", "interval", "timeout", "rise", "fall", "passive");
        if (!fields.Exist) return null;
        HealthCheckKind check = fields.Choice("check",
            ("tcp", HealthCheckKind.Tcp), ("http", HealthCheckKind.Http), ("udp", HealthCheckKind.Udp), ("icmp", HealthCheckKind.Icmp)) ?? HealthCheckKind.None;
        if (fields["check"] is null && fields["passive"] is null) fields.Require("check");
        HealthSpec usual = new();
        var read = new HealthSpec
        {
            Check = check,
            Port = (ushort?)fields.Int("port", 1, 65_535),
            Path = Text(fields, "path", mayHaveSpaces: false) is { } path && StartsWell(fields, path) ? path : usual.Path,
            Host = Text(fields, "host", mayHaveSpaces: false),
            Status = Status(fields) ?? usual.Status,
            Send = Text(fields, "send", mayHaveSpaces: true) ?? usual.Send,
            NeedsAnswer = fields.Choice("answer", ("optional", false), ("required", true)) ?? usual.NeedsAnswer,
            Interval = Interval(fields) ?? usual.Interval,
            Timeout = TimerReader.Timer(fields, "timeout", TimeSpan.Zero, "") ?? usual.Timeout,
            Rise = fields.Int("rise", 1, MaxCount) ?? usual.Rise,
            Fall = fields.Int("fall", 1, MaxCount) ?? usual.Fall,
            Passive = Passive(fields["passive"], protocol, problems),
        };
        Judge(fields, read, knowsPorts);
        return read;
    }

    private static PassiveHealthSpec? Passive(YamlNode? node, byte protocol, Problems problems)
    {
        if (node is null) return null;
        Fields fields = Fields.Of(node, problems, "refused", "unanswered", "ejectFor");
        if (!fields.Exist) return null;
        if (protocol != 6) problems.Warning(node, ConfigRule.Ignored, "only TCP connections are refused or left without an answer: 'passive' has no effect here");
        PassiveHealthSpec usual = new();
        return new PassiveHealthSpec
        {
            Refused = fields.Int("refused", 0, 65_535) ?? usual.Refused,
            Unanswered = fields.Int("unanswered", 0, 65_535) ?? usual.Unanswered,
            EjectFor = TimerReader.Timer(fields, "ejectFor", TimeSpan.Zero, "") ?? usual.EjectFor,
        };
    }

    // A field of another kind of check does nothing, and looks as if it did.
    private static void Judge(Fields fields, HealthSpec health, bool knowsPorts)
    {
        foreach ((string name, HealthCheckKind of) in (ReadOnlySpan<(string, HealthCheckKind)>)
            [("path", HealthCheckKind.Http), ("host", HealthCheckKind.Http), ("status", HealthCheckKind.Http), ("send", HealthCheckKind.Udp), ("answer", HealthCheckKind.Udp)])
        {
            if (health.Check != of && fields[name] is { } node)
                fields.Problems.Warning(node, ConfigRule.Ignored, $"'{name}' is of 'check: {of.ToString().ToLowerInvariant()}' and has no effect here");
        }

        if (health.Check == HealthCheckKind.Icmp && fields["port"] is { } port)
            fields.Problems.Warning(port, ConfigRule.Ignored, "an echo request has no port: 'port' has no effect here");
        if (health is { Check: HealthCheckKind.Tcp or HealthCheckKind.Http or HealthCheckKind.Udp, Port: null } && !knowsPorts && fields["port"] is null)
            fields.Problems.Error(fields.Node, ConfigRule.MissingParameter, "'port' is missing: a backend of all ports doesn't say which one to ask");
    }

    private static bool StartsWell(Fields fields, string path)
    {
        if (path.StartsWith('/')) return true;
        fields.Problems.Error(fields["path"]!, ConfigRule.Invalid, $"'{Nearest.Shown(path)}' is no path of a page: it begins with '/'");
        return false;
    }

    // What would end a line of the request, or a word of it, can't be in one.
    private static string? Text(Fields fields, string name, bool mayHaveSpaces)
    {
        if (fields.Text(name) is not { } text) return null;
        bool isClean = text.Length <= MaxTextCharacters && text.All(c => c is > ' ' and <= '~' || (mayHaveSpaces && c == ' '));
        if (isClean) return text;
        fields.Problems.Error(fields[name]!, ConfigRule.Invalid,
            $"'{name}' has at most {MaxTextCharacters} printable ASCII characters{(mayHaveSpaces ? "" : ", without spaces")}");
        return null;
    }

    private static TimeSpan? Interval(Fields fields)
    {
        TimeSpan? interval = TimerReader.Timer(fields, "interval", TimeSpan.Zero, "");
        if (interval is null || interval >= MinInterval) return interval;
        fields.Problems.Error(fields["interval"]!, ConfigRule.Invalid, $"'interval' must be at least {Durations.Show(MinInterval)}");
        return null;
    }

    private static PortRange? Status(Fields fields)
    {
        if (fields["status"] is not { } node) return null;
        if (node is YamlScalar { IsNumber: true })
            return fields.Int("status", 100, 599) is { } one ? new PortRange((ushort)one, (ushort)one) : null;
        if (Values.Text(node, fields.Problems) is not { } text) return null;
        if (PortText.TryParse(text, out PortRange range) && range is { First: >= 100, Last: <= 599 }) return range;
        fields.Problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is no status (200) or range of them (\"200-399\"), 100 to 599");
        return null;
    }
}
