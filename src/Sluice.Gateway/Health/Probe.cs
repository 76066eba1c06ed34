using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Health;

/// <summary>What a check of a backend came to.</summary>
public enum ProbeOutcome : byte
{
    /// <summary>The backend is well.</summary>
    Passed,

    /// <summary>It isn't, or doesn't answer.</summary>
    Failed,

    /// <summary>It couldn't be asked, for a reason of the gateway's own: that says nothing about the backend.</summary>
    Impossible,
}

/// <summary>What a check of a backend came to.</summary>
/// <param name="Outcome">Whether it is well.</param>
/// <param name="Error">What was wrong; null: nothing.</param>
public readonly record struct ProbeResult(ProbeOutcome Outcome, string? Error)
{
    /// <summary>The backend is well.</summary>
    public static ProbeResult Passed => default;

    /// <summary>It isn't.</summary>
    public static ProbeResult Failed(string error) => new(ProbeOutcome.Failed, error);

    /// <summary>It couldn't be asked.</summary>
    public static ProbeResult Impossible(string error) => new(ProbeOutcome.Impossible, error);
}

/// <summary>A backend to be asked, and how.</summary>
/// <param name="Health">How.</param>
/// <param name="Realm">The realm that it is in.</param>
/// <param name="Address">Its address there.</param>
/// <param name="Port">The port to ask; of no meaning to an echo request.</param>
public readonly record struct ProbeRequest(HealthSpec Health, ushort Realm, IpAddress Address, ushort Port);

/// <summary>Asks backends.</summary>
public interface IProber
{
    /// <summary>Begins to ask one, and doesn't wait.</summary>
    /// <param name="request">Which one.</param>
    /// <param name="done">Called once, on the thread of the caller, maybe before this returns, and no later than the check's timeout allows.</param>
    void Begin(in ProbeRequest request, Action<ProbeResult> done);
}
