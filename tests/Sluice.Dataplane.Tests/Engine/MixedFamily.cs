using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Says texts about IPv4 of IPv6, and what comes of that of IPv4 again: each IPv4 address stands for the one of fd00::/96 that ends with it. So one oracle judges both families.</summary>
internal static partial class MixedFamily
{
    private const int PrefixBits = 96;

    private static readonly UInt128 Prefix = IpAddress.Parse("fd00::").Value;

    /// <summary>A configuration: addresses, prefixes and ranges, in quotes.</summary>
    public static string Configuration(string text, bool isV6) => !isV6 ? text : Written().Replace(text, static match =>
    {
        string range = match.Groups["last"].Value, length = match.Groups["length"].Value;
        if (match.Groups["first"].Value == "0.0.0.0") return "\"::/0\"";
        string prefix = length.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/{PrefixBits + int.Parse(length, CultureInfo.InvariantCulture)}");
        return $"\"{Six(match.Groups["first"].Value)}{prefix}{(range.Length == 0 ? "" : "-" + Six(range))}\"";
    });

    /// <summary>A line of <see cref="PacketScript"/>.</summary>
    public static string Packet(string line, bool isV6) => !isV6 ? line : Sent().Replace(line, static match =>
        match.Groups["port"].Value is { Length: > 0 } port ? $"[{Six(match.Groups["address"].Value)}]{port}" : Six(match.Groups["address"].Value)).Replace(" icmp ", " icmp6 ", StringComparison.Ordinal);

    /// <summary>What is said of a packet or of an address, of whatever family, in IPv4.</summary>
    public static string Read(string text) => Seen().Replace(text, static match =>
        new IpAddress(IpFamily.V4, IpAddress.Parse(match.Groups["address"].Value).Value - Prefix).ToString()).Replace(" icmp6 ", " icmp ", StringComparison.Ordinal);

    private static string Six(string address) => new IpAddress(IpFamily.V6, Prefix + IpAddress.Parse(address).Value).ToString();

    [GeneratedRegex("""
        "?(?<first>\d+(\.\d+){3})(/(?<length>\d+))?(-(?<last>\d+(\.\d+){3}))?"?
        """)]
    private static partial Regex Written();

    [GeneratedRegex(@"(?<address>\d+(\.\d+){3})(?<port>:\d+)?")]
    private static partial Regex Sent();

    [GeneratedRegex(@"\[(?<address>fd00::[0-9a-f:]+)\]|(?<address>fd00::[0-9a-f:]+)")]
    private static partial Regex Seen();
}
