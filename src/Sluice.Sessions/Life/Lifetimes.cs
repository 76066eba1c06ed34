namespace Sluice.Sessions;

/// <summary>Times to live that operators set, coarse enough that they leave most of the table of distinct durations to configurations.</summary>
public static class Lifetimes
{
    /// <summary>The shortest, in milliseconds.</summary>
    public const uint Min = Second;

    /// <summary>The longest, in milliseconds: twelve days.</summary>
    public const uint Max = 12 * 24 * Hour;

    private const uint Second = 1000, Minute = 60 * Second, Hour = 60 * Minute;

    /// <summary>Whole seconds up to an hour, whole minutes beyond, upward and within the bounds: 20,820 different ones.</summary>
    public static uint Rounded(uint milliseconds)
    {
        milliseconds = Math.Clamp(milliseconds, Min, Max);
        uint step = milliseconds <= Hour ? Second : Minute;
        return (milliseconds + step - 1) / step * step;
    }
}
