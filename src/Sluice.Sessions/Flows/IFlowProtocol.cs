using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

/// <summary>What writers and lock-free readers of a flow table promise each other.</summary>
/// <remarks>
/// The product knows one implementation, <see cref="FlowProtocol"/>, whose members are constants and compile to nothing. Tests compile tables that
/// break one promise each, and show that the stress test notices.
/// </remarks>
public interface IFlowProtocol
{
    /// <summary>A line's every field is written before its tag is published.</summary>
    static abstract bool CompletesLinesFirst { get; }

    /// <summary>A retired line is used again only after every worker passed a burst boundary.</summary>
    static abstract bool WaitsForReaders { get; }

    /// <summary>A miss is asked again in a way that no concurrent change can deceive.</summary>
    static abstract bool AsksMissesAgain { get; }

    /// <summary>Called between two steps that others may see halfway; tests stay here to widen the window.</summary>
    static abstract void Linger();
}

/// <summary>The promises kept.</summary>
public readonly struct FlowProtocol : IFlowProtocol
{
    /// <inheritdoc/>
    public static bool CompletesLinesFirst => true;

    /// <inheritdoc/>
    public static bool WaitsForReaders => true;

    /// <inheritdoc/>
    public static bool AsksMissesAgain => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Linger()
    {
    }
}
