using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>A capture of everything on an interface, decoded by tshark.</summary>
internal sealed class Capture : IDisposable
{
    // SOL_SOCKET and SO_BINDTODEVICE of socket(7).
    private const int SocketLevel = 1, BindToDevice = 25;

    private static readonly IPEndPoint Nobody = new(IPAddress.Parse("224.0.0.77"), 9);

    private readonly string file;
    private readonly NetworkNamespace place;
    private readonly string device;
    private readonly Process tcpdump;

    public Capture(Town town, NetworkNamespace place, string device)
    {
        file = town.FileNamed($"{device}.pcap");
        this.place = place;
        this.device = device;
        tcpdump = town.Background(place, "tcpdump", "-i", device, "-w", file, "-U", "-Z", "root", "-B", "32768", "-s", "1600");
        while (tcpdump.StandardError.ReadLine() is { } line)
            if (line.Contains("listening on", StringComparison.Ordinal)) return;
        Assert.Fail("tcpdump has not begun to capture");
    }

    /// <summary>Ends the capture once it has seen what has passed; nothing may be missing from it.</summary>
    /// <remarks>An interrupted tcpdump leaves unread what it hasn't got to yet (up to a second's packets), so a last packet of our own is waited for.</remarks>
    public void End()
    {
        Thread.Sleep(200);
        byte[] mark = Encoding.ASCII.GetBytes($"the capture of {device} ends here");
        place.Run(() => SendFrom(device, mark));
        Programs.Until(() => HasSeen(mark), "the capture has seen its last packet");
        using Process interrupt = Process.Start("kill", ["-INT", $"{tcpdump.Id}"]);
        string summary = tcpdump.StandardError.ReadToEnd();
        tcpdump.WaitForExit();
        Assert.Contains("\n0 packets dropped by kernel", summary, StringComparison.Ordinal);
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

    private static int SendFrom(string device, byte[] payload)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.ASCII.GetBytes(device));
        return socket.SendTo(payload, Nobody);
    }

    private bool HasSeen(byte[] mark)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(-Math.Min(stream.Length, 64 << 10), SeekOrigin.End);
        var tail = new byte[64 << 10];
        int read = stream.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false);
        return tail.AsSpan(0, read).IndexOf(mark) >= 0;
    }

    public void Dispose()
    {
        if (!tcpdump.HasExited) tcpdump.Kill();
    }
}
