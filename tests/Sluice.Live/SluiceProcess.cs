using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>A gateway as a program of its own: <c>sluice run</c>.</summary>
internal sealed class SluiceProcess : IDisposable
{
    private readonly StringBuilder said = new();
    private readonly Process process;
    private readonly NetworkNamespace place;

    public SluiceProcess(NetworkNamespace place, string configurationFile, string socket)
    {
        Socket = socket;
        this.place = place;

        // Tests that were begun in the background or to outlive a terminal hand on that interrupts or hangups are ignored.
        process = place.Begin("env", "--default-signal", Program, "run", configurationFile, "--socket", socket);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said) said.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    public string Socket { get; }

    public string Said
    {
        get
        {
            lock (said) return said.ToString();
        }
    }

    public bool HasExited => process.HasExited;

    private static string Program
    {
        get
        {
            // artifacts/bin/Sluice.Live/release/ is where this program is.
            string bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
            string found = Path.Combine(bin, "Sluice.Cli", "release_linux-x64", "sluice");
            Assert.True(File.Exists(found), $"{found} is missing: build src/Sluice.Cli");
            return found;
        }
    }

    public SluiceProcess AwaitRunning()
    {
        Programs.Until(() => process.HasExited || Said.Contains("running with", StringComparison.Ordinal), "the gateway runs", () => Said);
        Assert.False(process.HasExited, Said);
        return this;
    }

    public void AwaitSaying(string words) => Programs.Until(() => Said.Contains(words, StringComparison.Ordinal), $"the gateway says '{words}'", () => Said);

    /// <summary>Sends a signal by its name: INT, KILL, HUP, STOP, CONT.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end; the exit code, and all that was said.</summary>
    public int Await()
    {
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), $"the gateway has not ended:\n{Said}");
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>What a Cloud NAT command prints.</summary>
    public string Command(string line) => Programs.Call(place, Program, "cnat", line, "--socket", Socket);

    /// <summary>How many packets it has dropped for a reason.</summary>
    public ulong Dropped(string reason) => JsonDocument.Parse(Show(place, "drops", Socket)).RootElement.GetProperty("drops").EnumerateArray()
        .Where(drop => drop.GetProperty("reason").GetString() == reason).Select(static drop => drop.GetProperty("packets").GetUInt64()).SingleOrDefault();

    /// <summary>What <c>sluice show</c> says of the one at a socket.</summary>
    public static string Show(NetworkNamespace place, string what, string socket) => place.Call(Program, "show", what, "--json", "--socket", socket);

    /// <summary>What another of its commands says that asks it.</summary>
    public (int Code, string Output) Ask(NetworkNamespace place, params string[] words) => place.Try(Program, [.. words, "--socket", Socket]);
}
