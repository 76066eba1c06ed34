using System.Runtime.InteropServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Benchmarks.Core;

/// <summary>The same core in C (benchmarks/c/core.c), built by gcc for this machine, on the same table and packets.</summary>
internal sealed unsafe class CCore : ICore
{
    private readonly delegate* unmanaged[SuppressGCTransition]<CoreContext*, Packet*, int, int> core;
    private readonly CoreContext* context;

    public CCore(nint library, IpFamily family, CoreContext* context)
    {
        core = (delegate* unmanaged[SuppressGCTransition]<CoreContext*, Packet*, int, int>)NativeLibrary.GetExport(
            library, family == IpFamily.V4 ? "core4" : "core6");
        this.context = context;
    }

    public string Kind => "c";

    public int Process(Packet* packets, int count) => core(context, packets, count);

    /// <summary>Builds the library into <paramref name="directory"/>; 0 where there is no gcc, and the rows of C are left out.</summary>
    public static nint Build(string source, string directory)
    {
        Directory.CreateDirectory(directory);
        string library = Path.Combine(directory, "libcore.so");
        try
        {
            using var gcc = System.Diagnostics.Process.Start("gcc", ["-O3", "-march=native", "-shared", "-fPIC", "-o", library, source]);
            gcc.WaitForExit();
            if (gcc.ExitCode == 0) return NativeLibrary.Load(library);
            throw new InvalidOperationException($"gcc could not build {source}.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("bench: there is no gcc here, so the rows of C are left out.");
            return 0;
        }
    }
}
