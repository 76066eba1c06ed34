using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>What differs between IPv4 and IPv6 for tables and stages. Implemented by structs, so each family gets native code of its own.</summary>
/// <typeparam name="TKey">The key: <see cref="FlowKey4"/> or <see cref="FlowKey6"/>.</typeparam>
/// <typeparam name="TLine">The line: <see cref="FlowLine4"/> or <see cref="FlowLine6"/>.</typeparam>
public unsafe interface IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>The family.</summary>
    static abstract IpFamily Family { get; }

    /// <summary>The keyed hash: the upper half chooses the bucket, the low 16 bits are the tag.</summary>
    static abstract ulong Hash(in TKey key, in HashSecret secret);

    /// <summary>Whether the line's key is this key, compared as words.</summary>
    static abstract bool Matches(TLine* line, in TKey key);

    /// <summary>The key of a line.</summary>
    static abstract TKey* KeyOf(TLine* line);

    /// <summary>The shared part of a line.</summary>
    static abstract FlowState* StateOf(TLine* line);

    /// <summary>The realm that packets of the line come from.</summary>
    static abstract ushort RealmOf(TLine* line);

    /// <summary>Makes a key from its parts; ports in host order.</summary>
    static abstract TKey MakeKey(in FlowParts parts);

    /// <summary>The parts of a key.</summary>
    static abstract FlowParts PartsOf(in TKey key);

    /// <summary>Sets what the line writes to the turned-round <paramref name="partnerKey"/>.</summary>
    static abstract void SetWrite(TLine* line, in TKey partnerKey);
}

/// <summary>The secret of the keyed hash, drawn at start: nobody outside can choose packets that meet in one bucket.</summary>
public readonly record struct HashSecret(ulong Low, ulong High);

/// <summary>A key in readable parts: addresses as numbers, ports in host order (ICMP identifiers as <see cref="FlowKey4"/> says).</summary>
public readonly record struct FlowParts(
    ushort Realm,
    byte Protocol,
    IpAddress Source,
    ushort SourcePort,
    IpAddress Destination,
    ushort DestinationPort);
