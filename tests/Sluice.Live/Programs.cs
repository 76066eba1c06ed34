using System.Diagnostics;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>Runs programs inside a namespace.</summary>
internal static class Programs
{
    private const int SecondsAtMost = 30;

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

    /// <summary>Waits until a condition holds; the time is a bound against hanging, not a claim.</summary>
    public static void Until(Func<bool> condition, string what, int seconds = 20)
    {
        long end = Environment.TickCount64 + (seconds * 1000L);
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, $"{what}: not within {seconds} seconds");
            Thread.Sleep(20);
        }
    }
}
