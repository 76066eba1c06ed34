namespace Sluice.Cli.Interactive;

/// <summary>Where keys come from: a terminal, or a list in a test.</summary>
internal interface IKeySource
{
    /// <summary>The next key; null where there is none any more.</summary>
    ConsoleKeyInfo? Read();
}

/// <summary>The keys of the terminal. Ctrl-C is one of them, and ends nothing by itself.</summary>
internal sealed class TerminalKeys : IKeySource, IDisposable
{
    private readonly bool before = Console.TreatControlCAsInput;

    public TerminalKeys() => Console.TreatControlCAsInput = true;

    public ConsoleKeyInfo? Read()
    {
        try
        {
            return Console.ReadKey(intercept: true);
        }
        catch (InvalidOperationException)
        {
            // The terminal has gone.
            return null;
        }
    }

    public void Dispose() => Console.TreatControlCAsInput = before;
}
