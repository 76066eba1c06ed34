using System.Diagnostics;
using System.Text.Json;
using Sluice.Packets.Building;
using Sluice.Packets.Captures;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Samples.PrefixNat.Tests;

/// <summary>The sample's program: the command line, which knows the kind.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-prefixnat-").FullName;

    private static string Site => Path.Combine(AppContext.BaseDirectory, "configurations", "site.yaml");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_checks_its_documents()
    {
        string wrong = Path.Combine(folder, "wrong.yaml");
        File.WriteAllText(wrong, File.ReadAllText(Site).Replace("outside: 198.18.0.0/16", "outside: 198.18.0.0/15", StringComparison.Ordinal));

        Assert.Equal((0, "ok: 2 links, 1 realm, 0 peerings\n", ""), Run("check", Site));
        Assert.Equal((2, "", $"{wrong}:22:12: MismatchedPrefixSizes: PrefixNat 'site-v4': 198.18.0.0/15 can't stand for 10.20.0.0/16: both have one length\n"), Run("check", wrong));
    }

    [Fact]
    public void It_explains_by_the_lines_of_its_documents()
    {
        (int code, string output, string error) = Run("explain", Site, "--link", "wan", "tcp", "192.0.2.9:1000", "198.18.68.6:80");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("10.20.0.0/16 is seen as 198.18.0.0/16, host by host", output, StringComparison.Ordinal);
        Assert.Contains($"{Site}:17:1", output, StringComparison.Ordinal);
        Assert.Contains("192.0.2.9:1000 > 10.20.0.5:80", output, StringComparison.Ordinal);

        (_, output, _) = Run("explain", Site, "--link", "lan", "tcp", "10.20.0.5:1000", "192.0.2.9:80");

        Assert.Contains("10.20.0.5:1000: PrefixNat site-v4 sends it as 198.18.68.6:1000", output, StringComparison.Ordinal);

        (code, output, _) = Run("explain", Site, "--link", "lan", "tcp", "10.20.0.5:1000", "192.0.2.9:80", "--json");

        Assert.Equal(0, code);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal("198.18.68.6:1000", answer.GetProperty("source").GetString());
    }

    [Fact]
    public void It_replays_captures_and_leaves_the_checksums_of_transport_alone()
    {
        byte[] packet = PacketBuilder.Ip("fd01:203:405:1::1234", "2600::9").Tcp(5000, 443, TcpFlag.Syn).Payload(33).Build();
        string input = Path.Combine(folder, "lan.pcap"), result = Path.Combine(folder, "result");
        using (var writer = PcapWriter.Create(input, CaptureLinkType.RawIp)) writer.Write(1_700_000_000_000_000_000, packet);

        (int code, string output, string error) = Run("replay", Site, "--in", $"lan={input}", "--out", result);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("out           1", output, StringComparison.Ordinal);
        Assert.True(CaptureReader.TryOpen(Path.Combine(result, "wan.pcap"), out CaptureReader? reader, out _));
        using CaptureReader capture = reader;
        Assert.True(capture.TryRead(out CaptureRecord left));
        byte[] expected = PacketBuilder.Ip("2001:db8:1:d550::1234", "2600::9").Ttl(63).Tcp(5000, 443, TcpFlag.Syn).Payload(33).Build();
        Assert.Equal(expected, left.Data.ToArray());
        Assert.Equal(packet[40..], left.Data[40..].ToArray());
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "prefixnat"), args) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
