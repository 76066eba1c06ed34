using System.Diagnostics;
using Sluice.Gateway.Replay;
using Sluice.Packets.Building;
using Sluice.Packets.Captures;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Live;

/// <summary>What the gateway makes of SCTP, as another decoder sees it. Not every kernel speaks SCTP, so the packets come from a capture.</summary>
public sealed class SctpTests : IDisposable
{
    private const string Configuration = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: lan, driver: tun, addresses: [10.0.0.1/24, "2001:db8:1::1/64"] }
            - { name: pods, driver: tun, addresses: [20.0.0.254/24, "2001:db8:2::1/64"] }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: four }
        spec: { address: 30.0.0.2, port: 3868, protocol: SCTP, backends: [{ address: 20.0.0.1, port: 38680 }] }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: six }
        spec: { address: "2001:db8:30::2", port: 3868, protocol: SCTP, backends: [{ address: "2001:db8:2::7", port: 38680 }] }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-sctp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Another_decoder_finds_the_checksums_right_and_a_wrong_one_wrong()
    {
        File.WriteAllText(Path.Combine(folder, "gateway.yaml"), Configuration);
        using (PcapWriter capture = PcapWriter.Create(Path.Combine(folder, "lan.pcap"), CaptureLinkType.RawIp))
        {
            long time = 1_700_000_000_000_000_000;
            foreach (byte[] packet in Packets()) capture.Write(time += 1_000_000, packet);
        }

        ReplayResult result = ReplayRun.Run(new ReplayOptions
        {
            Files = [Path.Combine(folder, "gateway.yaml")],
            Inputs = [("lan", Path.Combine(folder, "lan.pcap"))],
            OutputDirectory = Path.Combine(folder, "out"),
        });
        Assert.NotNull(result.Summary);

        string[] lines = Decode(Path.Combine(folder, "out", "pods.pcap"));
        Assert.Equal(13, lines.Length);
        Assert.All(lines[..^1], line => Assert.Equal("38680 good", line));
        Assert.Equal("38680 bad", lines[^1]);
    }

    // A handshake and data of odd lengths in both families, then a packet that was damaged on its way.
    private static IEnumerable<byte[]> Packets()
    {
        foreach ((string source, string destination) in ((string, string)[])[("10.0.0.5", "30.0.0.2"), ("2001:db8:1::5", "2001:db8:30::2")])
        {
            yield return PacketBuilder.Ip(source, destination).Sctp(40_000, 3868, SctpChunk.Init, initiateTag: 7).Build();
            yield return PacketBuilder.Ip(source, destination).Sctp(40_000, 3868, SctpChunk.CookieEcho, tag: 9).Payload(133).Build();
            foreach (int length in (int[])[12, 13, 257, 1400])
                yield return PacketBuilder.Ip(source, destination).Sctp(40_000, 3868, SctpChunk.Data, tag: 9).Payload(length).Build();
        }

        yield return PacketBuilder.Ip("10.0.0.5", "30.0.0.2").Sctp(40_000, 3868, SctpChunk.Data, tag: 9).Payload(64).WithBadChecksum().Build();
    }

    private static string[] Decode(string capture)
    {
        using Process tshark = Process.Start(new ProcessStartInfo("tshark",
            ["-n", "-r", capture, "-o", "sctp.checksum:CRC 32c", "-T", "fields", "-E", "separator= ", "-e", "sctp.dstport", "-e", "sctp.checksum.status"])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = tshark.StandardError.ReadToEndAsync();
        string output = tshark.StandardOutput.ReadToEnd();
        tshark.WaitForExit();
        Assert.True(tshark.ExitCode == 0, error.Result);

        // 1 is good and 0 is bad, as numbers or as words by the decoder's age.
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace(" 1", " good", StringComparison.Ordinal)
            .Replace(" Good", " good", StringComparison.Ordinal).Replace(" 0", " bad", StringComparison.Ordinal).Replace(" Bad", " bad", StringComparison.Ordinal))];
    }
}
