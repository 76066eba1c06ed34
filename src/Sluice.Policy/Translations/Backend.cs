using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;

namespace Sluice.Policy.Translations;

/// <summary>One backend of a virtual IP: what becomes of a packet that it gets.</summary>
public sealed record Backend
{
    /// <summary>Its address; null: the destination address stays.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>Its first port; null: the destination port stays.</summary>
    public ushort? FirstPort { get; init; }

    /// <summary>The source address that it sees; null: the client's.</summary>
    public IpAddress? Source { get; init; }

    /// <summary>The source port that it sees; null: the client's.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Whether packets go to it as they are: it has the virtual address itself.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Its share of new sessions; 0: it drains.</summary>
    public int Weight { get; init; }

    /// <summary>
    /// The pool that its clients get a port of <see cref="Source"/> from, or <see cref="Decision.NoPool"/>: where the address is a link's own, host and sessions share it by port.
    /// </summary>
    internal int SourcePool { get; init; } = Decision.NoPool;

    /// <summary>What it sees of its client is fixed by itself.</summary>
    internal bool RewritesSource => Source is not null || SourcePort is not null;

    /// <summary>By what a choice knows it: gateways that reach one endpoint in different ways choose it for the same flows.</summary>
    internal ulong Identity => FlowHash.Mix(FlowHash.Add(FirstPort ?? 0UL, Address ?? default));

    /// <summary>By what a client's backend is remembered: all that a session with it is made of. Never 0.</summary>
    internal ulong Pin
    {
        get
        {
            uint ports = (uint)(FirstPort ?? 0) << 16 | (SourcePort ?? 0);
            uint given = (FirstPort is null ? 0u : 1) | (SourcePort is null ? 0u : 2) | (Source is null ? 0u : 4) | (IsDirect ? 8u : 0) | (Address is null ? 0u : 16);
            ulong hash = FlowHash.Mix((ulong)given << 32 | ports);
            if (Address is { } address) hash = FlowHash.Add(hash, address);
            if (Source is { } source) hash = FlowHash.Add(hash + 1, source);
            return hash | 1;
        }
    }

    // Whatever the order of the list: what can be told apart has one order.
    internal (UInt128 Address, int Port, UInt128 Source, int SourcePort, bool IsDirect, int Weight) Order =>
        (Address?.Value ?? 0, FirstPort ?? -1, Source?.Value ?? 0, SourcePort ?? -1, IsDirect, Weight);
}
