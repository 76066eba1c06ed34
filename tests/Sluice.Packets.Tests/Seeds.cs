using System.Globalization;
using Xunit;

namespace Sluice.Packets.Tests;

/// <summary>What a random test begins with: the same each time, so that what passes here passes everywhere; SLUICE_SEED=... gives another.</summary>
/// <remarks>A random test looks for what nobody thought of only while its seed changes: a loop over SLUICE_SEED does that outside of the suite.</remarks>
internal static class Seeds
{
    private const int Usual = 271_828;

    /// <summary>The seed, printed so that a failure can be run again.</summary>
    public static int Next()
    {
        string? given = Environment.GetEnvironmentVariable("SLUICE_SEED");
        int seed = given is null ? Usual : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return seed;
    }

    /// <summary>A source of randomness with that seed.</summary>
    public static Random New() => new(Next());
}
