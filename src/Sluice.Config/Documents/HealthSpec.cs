using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>How a backend is asked whether it is well.</summary>
public enum HealthCheckKind : byte
{
    /// <summary>It isn't asked.</summary>
    None = 0,

    /// <summary>A TCP connection is opened, and closed again.</summary>
    Tcp,

    /// <summary>A page is asked for by HTTP; its status decides.</summary>
    Http,

    /// <summary>A datagram is sent: no answer is good enough unless one is required, a port that is closed is not.</summary>
    Udp,

    /// <summary>An ICMP echo request is sent.</summary>
    Icmp,
}

/// <summary>How the backends of a virtual IP are checked.</summary>
public sealed record HealthSpec
{
    /// <summary>How they are asked.</summary>
    public HealthCheckKind Check { get; init; }

    /// <summary>The port that is asked; null: that which a backend serves, the first one of a range.</summary>
    public ushort? Port { get; init; }

    /// <summary>HTTP: the page.</summary>
    public string Path { get; init; } = "/";

    /// <summary>HTTP: the Host header; null: the backend's address.</summary>
    public string? Host { get; init; }

    /// <summary>HTTP: the statuses of a backend that is well. A redirection isn't followed.</summary>
    public PortRange Status { get; init; } = new(200, 399);

    /// <summary>UDP: what the datagram says.</summary>
    public string Send { get; init; } = "";

    /// <summary>UDP: whether silence is a failure.</summary>
    public bool NeedsAnswer { get; init; }

    /// <summary>From the beginning of a check to that of the next one.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a backend may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So many good checks in a row make a backend that is down come up.</summary>
    public int Rise { get; init; } = 2;

    /// <summary>So many bad checks in a row take a backend out.</summary>
    public int Fall { get; init; } = 3;

    /// <summary>What clients' connections tell; null: they aren't asked.</summary>
    public PassiveHealthSpec? Passive { get; init; }
}

/// <summary>What of clients' connections takes a backend out for a while. Connections that were answered between two looks set the counts back.</summary>
public sealed record PassiveHealthSpec
{
    /// <summary>So many refused connections (a reset in answer to the SYN); 0: they don't count.</summary>
    public int Refused { get; init; } = 3;

    /// <summary>So many connections without an answer; 0: they don't count.</summary>
    public int Unanswered { get; init; } = 5;

    /// <summary>How long it is left alone.</summary>
    public TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(10);
}
