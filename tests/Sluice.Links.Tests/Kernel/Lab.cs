using System.Diagnostics;

namespace Sluice.Links.Tests.Kernel;

/// <summary>Commands for tests in namespaces of their own.</summary>
internal static class Lab
{
    /// <summary>Runs a shell script inside a namespace; it must succeed.</summary>
    public static string Shell(this NetworkNamespace where, string script)
    {
        (int code, string output) = where.Try(script);
        return code == 0 ? output : throw new InvalidOperationException($"exit {code} of: {script}\n{output}");
    }

    /// <summary>Runs a shell script inside a namespace and tells its exit code.</summary>
    public static (int Code, string Output) Try(this NetworkNamespace where, string script)
    {
        using Process process = where.Start("/bin/sh", ["-ec", script + "\n"]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>Starts a program inside a namespace, its output and errors redirected.</summary>
    public static Process Start(this NetworkNamespace where, string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return where.Run(() => Process.Start(start)!);
    }

    /// <summary>The index of an interface inside a namespace.</summary>
    public static int IndexOf(this NetworkNamespace where, string name) =>
        int.Parse(where.Shell($"ip -o link show {name}").Split(':')[0]);
}
