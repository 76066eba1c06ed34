namespace Sluice.Dataplane;

/// <summary>What a dataplane is made with; nothing of it changes while it lives.</summary>
public sealed record DataplaneOptions
{
    /// <summary>Worker threads; each has a queue of every link.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Sessions that may live at once.</summary>
    public int Capacity { get; init; } = 1_000_000;

    /// <summary>Seed of port choice and of the table's hash; null draws one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Whether a packet whose next hop's address is not known waits while the kernel is asked. Off in replay, which never asks.</summary>
    public bool WaitsForNeighbors { get; init; }

    /// <summary>Whether sessions end exactly when they are due, by <see cref="PacketEngine.Settle"/>: for virtual time. Otherwise a sweep ends them within a second.</summary>
    public bool ExactExpiry { get; init; }

    /// <summary>The clock. Tests and replay drive it by hand.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
