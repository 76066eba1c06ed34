using System.Globalization;
using System.Text.Json;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>What <c>sluice sessions</c> prints for people.</summary>
internal static class SessionText
{
    public static void Write(CommandContext context, string what, JsonElement result)
    {
        switch (what)
        {
            case "list":
                ShowTables.Write(context, "sessions", result);
                break;
            case "count":
                SessionCountView count = result.Deserialize(GatewayJson.Default.SessionCountView)!;
                context.Output.WriteLine(count.Matched == count.Total ? Sessions(count.Total) : $"{count.Matched} of {Sessions(count.Total)}");
                break;
            default:
                Changed(context, result.Deserialize(GatewayJson.Default.SessionsChangedView)!);
                break;
        }
    }

    /// <summary>One line of a watch.</summary>
    public static string LineOf(SessionEventView happened)
    {
        string time = happened.Time.Length > 12 ? happened.Time[11..^1] : happened.Time;
        if (happened.Session is not { } s) return $"{time}  lost   {happened.Lost} events: they came faster than they were read";
        string seen = s.TranslatedSource == s.Source && s.TranslatedDestination == s.Destination ? ""
            : s.TranslatedDestination == s.Destination ? $" as {s.TranslatedSource}"
            : $" as {s.TranslatedSource} to {s.TranslatedDestination}";
        string head = string.Create(CultureInfo.InvariantCulture,
            $"{time}  {happened.Event,-5}  {s.Id,6}  {s.Protocol} {s.From} {s.Source} > {s.To} {s.Destination}{seen}{(Under(s) is { Length: > 0 } under ? $" ({under})" : "")}");
        return happened.Reason is null ? head : string.Create(CultureInfo.InvariantCulture,
            $"{head}: {happened.Reason} after {s.AgeSeconds:F1} s, {s.Original.Packets}/{s.Reply.Packets} packets, {s.Original.Bytes}/{s.Reply.Bytes} bytes");
    }

    /// <summary>The documents beside a peering that a session goes by: its virtual IP, its source-NAT policy.</summary>
    public static string Under(SessionView session)
    {
        // Of a direct backend nothing else of a session tells which one it is.
        string direct = session.Backend is { } backend && backend != session.TranslatedDestination ? $" {backend}" : "";
        return string.Join(", ", new[] { session.Translation is null ? null : session.Translation + direct, session.SourcePolicy }.OfType<string>());
    }

    private static void Changed(CommandContext context, SessionsChangedView view)
    {
        string done = view.LifetimeSeconds is { } lifetime
            ? string.Create(CultureInfo.InvariantCulture, $"will live {lifetime:0.###} s from now, and from each packet that counts")
            : "deleted";
        string gone = view.Changed == view.Matched ? "" : $"; {view.Matched - view.Changed} had ended before";
        context.Output.WriteLine(view.Matched == 0 ? "no session is meant by that" : $"{Sessions(view.Changed)} {done}{gone}");
    }

    private static string Sessions(long count) => count == 1 ? "1 session" : string.Create(CultureInfo.InvariantCulture, $"{count} sessions");
}
