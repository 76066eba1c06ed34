using System.Globalization;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Commands;

/// <summary>What has been counted of sessions, in one line.</summary>
internal static class CountsText
{
    /// <summary>2 active, 5 new, 3 expired, 0 refused, 12 packets 940 bytes, return 10 packets 8000 bytes.</summary>
    public static string Of(StatisticsView counts) => string.Create(CultureInfo.InvariantCulture,
        $"{counts.Active} active, {counts.New} new, {counts.Expired} expired, {counts.Refused.Total} refused, {counts.Original.Packets} packets {counts.Original.Bytes} bytes, return {counts.Reply.Packets} packets {counts.Reply.Bytes} bytes");
}
