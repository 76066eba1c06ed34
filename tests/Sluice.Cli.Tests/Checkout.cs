namespace Sluice.Cli.Tests;

/// <summary>Files of the checkout that these tests were built from.</summary>
internal static class Checkout
{
    public static string File(string relative)
    {
        for (string? at = AppContext.BaseDirectory; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
            if (System.IO.File.Exists(Path.Combine(at, "Sluice.slnx"))) return Path.Combine(at, relative);
        throw new InvalidOperationException("Sluice.slnx is in no directory above the tests.");
    }
}
