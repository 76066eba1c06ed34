using System.Diagnostics;
using Xunit;

namespace Sluice.Cli.Tests;

/// <summary>What only reads text starts without the rooms that carry packets: shown by taking these away.</summary>
public sealed class LazinessTests : IDisposable
{
    private static readonly string[] PacketRooms = ["Sluice.Dataplane", "Sluice.Links", "Sluice.Sessions", "Sluice.Policy", "Spectre.Console"];

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-lazy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("replay --help")]
    [InlineData("check examples/masquerade.yaml")]
    public void Help_and_check_need_no_room_that_carries_packets(string line)
    {
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (!PacketRooms.Contains(name) && !file.EndsWith(".deps.json", StringComparison.Ordinal)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "sluice"), line.Split(' '))
        {
            WorkingDirectory = Checkout.File("."),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string error = process.StandardError.ReadToEnd();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal((0, ""), (process.ExitCode, error));
        Assert.NotEmpty(output);
    }
}
