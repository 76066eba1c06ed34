using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>What a show line asks about.</summary>
public enum QuestionSubject : byte
{
    /// <summary>Translations with their backends.</summary>
    Translations,

    /// <summary>Sessions, by filter.</summary>
    Sessions,

    /// <summary>The times of sessions.</summary>
    Timestamps,

    /// <summary>Addresses that packets are looked at for.</summary>
    Clients,

    /// <summary>The source-NAT policy.</summary>
    SourceNat,

    /// <summary>What takes part in deciding on a first packet.</summary>
    Hooks,

    /// <summary>How Maglev tables are filled and change.</summary>
    Maglev,
}

/// <summary>A show line: it is no part of the desired state, and is answered after a replay. Filters that are null match everything.</summary>
/// <param name="Subject">What it asks about.</param>
/// <param name="Place">Where it stands.</param>
public sealed record CommandQuestion(QuestionSubject Subject, Place Place)
{
    /// <summary>The most sessions that are listed where nothing else is asked for.</summary>
    public const int UsualMax = 50;

    /// <summary>The question as it was written.</summary>
    public string Text { get; init; } = "";

    /// <summary>Which tables are tried; of <see cref="QuestionSubject.Maglev"/> alone.</summary>
    public MaglevTest? Maglev { get; init; }

    /// <summary>The id of a translation.</summary>
    public int? Id { get; init; }

    /// <summary>How much is told of each; 0: a summary. A filter makes it 1 at least.</summary>
    public int Verbosity { get; init; }

    /// <summary>Whether the return direction of sessions is listed too.</summary>
    public bool Return { get; init; }

    /// <summary>An address of either side.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>A port of either side.</summary>
    public ushort? Port { get; init; }

    /// <summary>An IP protocol number.</summary>
    public byte? Protocol { get; init; }

    /// <summary>Whether sessions of the realm of commands alone are meant (fib 0).</summary>
    public bool OfDefaultRealm { get; init; }

    /// <summary>How many directions of a session are live.</summary>
    public int? References { get; init; }

    /// <summary>How many are listed at most.</summary>
    public int Max { get; init; } = UsualMax;
}

/// <summary>Maglev tables to be tried: test cnat maglev.</summary>
/// <param name="Tests">How many.</param>
/// <param name="Backends">Backends of each.</param>
/// <param name="Length">Slots; raised to a prime.</param>
/// <param name="Changed">Backends that go, each for a new one.</param>
/// <param name="Removed">Backends that go.</param>
/// <param name="Verbosity">1: each backend's slots too.</param>
public sealed record MaglevTest(int Tests, int Backends, int Length, int Changed, int Removed, int Verbosity);
