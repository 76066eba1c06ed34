using System.Diagnostics;
using System.Globalization;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>Runs programs inside a namespace.</summary>
internal static class Programs
{
    // Bounds against hanging, not claims: far above what a busy machine needs.
    private const int SecondsAtMost = 120, PatienceSeconds = 60;

    /// <summary>Runs a program inside and returns what it printed; it must end well.</summary>
    public static string Call(this NetworkNamespace place, string program, params string[] arguments)
    {
        (int code, string output) = place.Try(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    /// <summary>Runs lines of a shell inside; each must end well.</summary>
    public static string Shell(this NetworkNamespace place, string lines) => place.Call("sh", "-ec", lines);

    /// <summary>Runs a program inside; its exit code and all that it printed. It must not hang.</summary>
    public static (int Code, string Output) Try(this NetworkNamespace place, string program, params string[] arguments)
    {
        using Process process = place.Begin(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        bool ended = process.WaitForExit(TimeSpan.FromSeconds(SecondsAtMost));
        if (!ended) process.Kill(entireProcessTree: true);
        Assert.True(ended, $"{program} {string.Join(' ', arguments)} has not ended within {SecondsAtMost} seconds:\n{output.Result}{error.Result}");
        return (process.ExitCode, output.Result + error.Result);
    }

    /// <summary>Starts a program inside.</summary>
    public static Process Begin(this NetworkNamespace place, string program, params string[] arguments) => place.Run(() => Process.Start(
        new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!);

    /// <summary>Sets a value below /proc/sys/net.</summary>
    public static void SetControl(this NetworkNamespace place, string name, string value) => place.Run(() => File.WriteAllText($"/proc/sys/net/{name}", value));

    /// <summary>Starts a program that gets no answer: once its packets are counted as dropped, it must still wait for one.</summary>
    /// <param name="place">Where it runs.</param>
    /// <param name="dropped">How many packets of its kind were dropped so far.</param>
    /// <param name="packets">How many of its packets are waited for.</param>
    /// <param name="program">A program that ends once it is answered.</param>
    /// <param name="arguments">Its arguments; its own patience must be long.</param>
    public static void Unanswered(this NetworkNamespace place, Func<ulong> dropped, int packets, string program, params string[] arguments)
    {
        ulong before = dropped();
        using Process process = place.Begin(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        Until(() => process.HasExited || dropped() >= before + (ulong)packets, $"packets of {program} {string.Join(' ', arguments)} are dropped");
        bool waits = !process.HasExited;
        if (waits) process.Kill();
        process.WaitForExit();
        Assert.True(waits, $"{program} {string.Join(' ', arguments)} has ended:\n{output.Result}{error.Result}");
    }

    /// <summary>One of the kernel's counters of a namespace, as nstat names it.</summary>
    public static ulong Counted(this NetworkNamespace place, string name)
    {
        string line = place.Call("nstat", "-asz", name).Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until a condition holds; the time is a bound against hanging, not a claim.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">What it says.</param>
    /// <param name="instead">What to tell where it never holds.</param>
    public static void Until(Func<bool> condition, string what, Func<string>? instead = null)
    {
        long end = Environment.TickCount64 + (PatienceSeconds * 1000L);
        while (!condition())
        {
            if (Environment.TickCount64 >= end) Assert.Fail($"{what}: not within {PatienceSeconds} seconds{(instead is null ? "" : $":\n{instead()}")}");
            Thread.Sleep(20);
        }
    }
}
