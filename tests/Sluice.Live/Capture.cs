using System.Diagnostics;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>A capture of everything on an interface, decoded by tshark.</summary>
internal sealed class Capture : IDisposable
{
    private readonly string file;
    private readonly Process tcpdump;

    public Capture(Town town, NetworkNamespace place, string device)
    {
        file = town.FileNamed($"{device}.pcap");
        tcpdump = town.Background(place, "tcpdump", "-i", device, "-w", file, "-U", "-Z", "root", "-B", "32768", "-s", "1600");
        while (tcpdump.StandardError.ReadLine() is { } line)
            if (line.Contains("listening on", StringComparison.Ordinal)) return;
        Assert.Fail("tcpdump has not begun to capture");
    }

    /// <summary>Ends the capture once it has seen what is on its way; nothing may be missing from it.</summary>
    public void End()
    {
        Thread.Sleep(200);
        using Process interrupt = Process.Start("kill", ["-INT", $"{tcpdump.Id}"]);
        string summary = tcpdump.StandardError.ReadToEnd();
        tcpdump.WaitForExit();
        Assert.Contains("0 packets dropped by kernel", summary, StringComparison.Ordinal);
    }

    /// <summary>One line for each packet that a display filter admits.</summary>
    public string[] Show(string filter)
    {
        using Process tshark = Process.Start(new ProcessStartInfo("tshark",
            ["-n", "-r", file, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-Y", filter])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = tshark.StandardError.ReadToEndAsync();
        string output = tshark.StandardOutput.ReadToEnd();
        tshark.WaitForExit();
        Assert.True(tshark.ExitCode == 0, error.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!tcpdump.HasExited) tcpdump.Kill();
    }
}
