using Sluice.Config.Documents;
using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads timers, and warns of what is under an RFC's minimum.</summary>
internal static class TimerReader
{
    // RFC 5382 REQ-5.
    internal static readonly TimeSpan MinTcpEstablished = new(2, 4, 0);
    internal static readonly TimeSpan MinTcpTransitory = TimeSpan.FromMinutes(4);

    // RFC 4787 REQ-5.
    internal static readonly TimeSpan MinUdp = TimeSpan.FromMinutes(2);

    // RFC 5508 REQ-2.
    internal static readonly TimeSpan MinIcmp = TimeSpan.FromSeconds(60);

    public static TimerSpec Read(YamlNode? node, Problems problems)
    {
        if (node is null) return TimerSpec.Empty;
        Fields fields = Fields.Of(node, problems, "tcpEstablished", "tcpTransitory", "tcpHalfOpen", "tcpClosing", "udp", "icmp", "fragments");
        TimeSpan? transitory = Timer(fields, "tcpTransitory", MinTcpTransitory, "RFC 5382 REQ-5");
        return new TimerSpec
        {
            TcpEstablished = Timer(fields, "tcpEstablished", MinTcpEstablished, "RFC 5382 REQ-5"),
            TcpHalfOpen = Timer(fields, "tcpHalfOpen", MinTcpTransitory, "RFC 5382 REQ-5") ?? transitory,
            TcpClosing = Timer(fields, "tcpClosing", MinTcpTransitory, "RFC 5382 REQ-5") ?? transitory,
            Udp = Timer(fields, "udp", MinUdp, "RFC 4787 REQ-5"),
            Icmp = Timer(fields, "icmp", MinIcmp, "RFC 5508 REQ-2"),
            Fragments = Timer(fields, "fragments", TimeSpan.Zero, ""),
        };
    }

    /// <summary>An expose's idleTimeout. It is a user's own choice for TCP; under the minimum for UDP it breaks applications.</summary>
    public static TimeSpan? IdleTimeout(Fields fields) => Timer(fields, "idleTimeout", MinUdp, "RFC 4787 REQ-5, UDP");

    /// <summary>A duration of more than nothing.</summary>
    public static TimeSpan? Timer(Fields fields, string name, TimeSpan min, string rfc)
    {
        if (fields.Duration(name) is not { } duration) return null;
        YamlNode node = fields[name]!;
        if (duration <= TimeSpan.Zero)
        {
            fields.Problems.Error(node, ConfigRule.Invalid, $"'{name}' must be at least 1ms");
            return null;
        }

        if (duration < min) fields.Problems.Warning(node, ConfigRule.ShortTimer, $"'{name}' is under the minimum of {Show(min)} ({rfc})");
        return duration;
    }

    private static string Show(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}h{time.Minutes}m" : time.TotalSeconds > 60 ? $"{time.Minutes}m" : $"{(int)time.TotalSeconds}s";
}
