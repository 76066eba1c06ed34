using System.Globalization;

namespace Sluice.Benchmarks.Core;

internal static class Memory
{
    /// <summary>Bytes of this process that are in memory.</summary>
    public static long Resident =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
