using Sluice.Config.Documents;

namespace Sluice.Gateway.Health;

/// <summary>One backend that is checked: what is known of it, and when it is asked again. Of the monitor's thread.</summary>
internal sealed class HealthTarget(BackendKey key, DateTimeOffset since)
{
    public BackendKey Key { get; } = key;

    public ActiveHealth Active { get; } = new();

    public PassiveHealth Passive { get; } = new();

    /// <summary>How it is checked; set by each configuration.</summary>
    public required HealthSpec Spec { get; set; }

    public ushort Realm { get; set; }

    public ushort Port { get; set; }

    /// <summary>Its numbers in the policy in force: more than one where the same endpoint is listed again.</summary>
    public int[] Numbers { get; set; } = [];

    /// <summary>When it turned last.</summary>
    public DateTimeOffset Since { get; set; } = since;

    public string? LastError { get; set; }

    /// <summary>Whether a check is under way or waits for its time.</summary>
    public bool IsScheduled { get; set; }

    /// <summary>Whether the configuration in force doesn't check it any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>When the last check began.</summary>
    public long BegunAt { get; set; }

    public bool IsUp => (Spec.Check == HealthCheckKind.None || Active.IsUp) && (Spec.Passive is null || !Passive.IsEjected);

    public ProbeRequest Request => new(Spec, Realm, Key.Address, Port);

    public BackendHealth View() => new(IsUp, Since, LastError, Spec.Passive is not null && Passive.IsEjected, Spec.Check.ToString().ToLowerInvariant());
}
