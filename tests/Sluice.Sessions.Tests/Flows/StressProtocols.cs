namespace Sluice.Sessions.Tests.Flows;

/// <summary>How long the windows of the protocols below stay open: about a microsecond, against a few nanoseconds in the product.</summary>
internal static class Window
{
    public static void Linger() => Thread.SpinWait(25);
}

/// <summary>The product's protocol with its windows widened: must never fail.</summary>
internal readonly struct WidenedProtocol : IFlowProtocol
{
    public static bool CompletesLinesFirst => true;

    public static bool WaitsForReaders => true;

    public static bool AsksMissesAgain => true;

    public static void Linger() => Window.Linger();
}

/// <summary>Mutant: a retired line is used again at once.</summary>
internal readonly struct ReusesAtOnce : IFlowProtocol
{
    public static bool CompletesLinesFirst => true;

    public static bool WaitsForReaders => false;

    public static bool AsksMissesAgain => true;

    public static void Linger() => Window.Linger();
}

/// <summary>Mutant: what a line writes is set after the line was published.</summary>
internal readonly struct PublishesUnfinished : IFlowProtocol
{
    public static bool CompletesLinesFirst => false;

    public static bool WaitsForReaders => true;

    public static bool AsksMissesAgain => true;

    public static void Linger() => Window.Linger();
}

/// <summary>Mutant: a miss is believed, although an entry may have been moved past the walk.</summary>
internal readonly struct BelievesMisses : IFlowProtocol
{
    public static bool CompletesLinesFirst => true;

    public static bool WaitsForReaders => true;

    public static bool AsksMissesAgain => false;

    public static void Linger() => Window.Linger();
}
