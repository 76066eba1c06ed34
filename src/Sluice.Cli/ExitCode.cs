namespace Sluice.Cli;

/// <summary>What the command line tells the program that called it.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It was tried and failed.</summary>
    public const int Failed = 1;

    /// <summary>The words of the command line or the configuration are wrong; nothing was done.</summary>
    public const int BadInput = 2;

    /// <summary>The gateway can't be reached.</summary>
    public const int Unreachable = 3;
}
