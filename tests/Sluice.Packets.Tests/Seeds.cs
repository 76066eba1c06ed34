using System.Globalization;
using Xunit;

namespace Sluice.Packets.Tests;

/// <summary>One seeded source of randomness for a test, printed so that a failure can be run again (SLUICE_SEED=...).</summary>
internal static class Seeds
{
    public static Random New()
    {
        string? given = Environment.GetEnvironmentVariable("SLUICE_SEED");
        int seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");

        // A read past a guard page ends the process and with it the test's own output.
        Console.Error.WriteLine($"seed {seed}: {TestContext.Current.TestMethod?.MethodName}");
        return new Random(seed);
    }
}
