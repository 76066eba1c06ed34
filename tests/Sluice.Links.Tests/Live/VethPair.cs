using System.Diagnostics;

namespace Sluice.Links.Tests.Live;

/// <summary>Two anonymous network namespaces with one veth pair between them; gone with the process.</summary>
internal sealed class VethPair : IDisposable
{
    public const string Near = "near";
    public const string Far = "far";

    public VethPair(int mtu = 1500)
    {
        NearSide = NetworkNamespace.CreateAnonymous();
        FarSide = NetworkNamespace.CreateAnonymous();
        foreach (NetworkNamespace side in new[] { NearSide, FarSide })
            side.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"));
        NearSide.Run(() =>
        {
            Command("ip", "link", "add", Near, "address", "02:00:00:00:00:0a", "mtu", $"{mtu}", "type", "veth",
                "peer", "name", Far, "address", "02:00:00:00:00:0b", "mtu", $"{mtu}", "netns", FarSide.Path);
            Command("ip", "link", "set", Near, "up");
        });
        FarSide.Run(() => Command("ip", "link", "set", Far, "up"));
        UntilUp();
    }

    public NetworkNamespace NearSide { get; }

    public NetworkNamespace FarSide { get; }

    /// <summary>Waits until both ends can carry packets.</summary>
    public void UntilUp()
    {
        Waiting.UntilUp(NearSide, Near);
        Waiting.UntilUp(FarSide, Far);
    }

    public static string Command(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }

    public void Dispose()
    {
        NearSide.Dispose();
        FarSide.Dispose();
    }
}
