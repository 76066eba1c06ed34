namespace Sluice.Config.Reading;

/// <summary>Which sizes a Maglev table may have: primes, so that every backend's sequence of slots visits all of them.</summary>
internal static class MaglevTable
{
    /// <summary>More slots serve no number of backends that a list can have.</summary>
    public const int MaxSize = 4_194_301;

    public static bool IsPrime(int number)
    {
        if (number < 2) return false;
        for (int divisor = 2; (long)divisor * divisor <= number; divisor++)
            if (number % divisor == 0) return false;
        return true;
    }

    /// <summary>The smallest prime that is no less.</summary>
    public static int NextPrime(int number)
    {
        while (!IsPrime(number)) number++;
        return number;
    }
}
