namespace Sluice.Gateway.Health;

/// <summary>Whether a backend is up by its checks: so many good or bad ones in a row turn it. The first one decides alone, as nothing is known before.</summary>
internal sealed class ActiveHealth
{
    private int against;
    private bool isKnown;

    /// <summary>Whether it is up; nobody has said otherwise at the beginning.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Hears of a check.</summary>
    /// <param name="isGood">How it went.</param>
    /// <param name="rise">So many good ones bring it up.</param>
    /// <param name="fall">So many bad ones take it out.</param>
    /// <returns>Whether it has turned.</returns>
    public bool Hear(bool isGood, int rise, int fall)
    {
        bool isFirst = !isKnown;
        isKnown = true;
        if (isGood == IsUp)
        {
            against = 0;
            return false;
        }

        against++;
        if (!isFirst && against < (isGood ? rise : fall)) return false;
        IsUp = isGood;
        against = 0;
        return true;
    }

    /// <summary>Forgets the checks in a row, not what they have come to: another kind of check counts from its own first.</summary>
    public void BeginAnew() => against = 0;
}
