using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>What differs between the families for the session core: reading the key, rewriting the IP header.</summary>
internal unsafe interface ICoreFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    static abstract PacketKind Kind { get; }

    /// <summary>The session's key of that direction.</summary>
    static abstract TKey KeyOf(uint session, bool reply);

    /// <summary>Reads the key of a TCP or UDP packet.</summary>
    static abstract void SetKey(Packet* packet, ref TKey key);

    /// <summary>Rewrites addresses and TTL with the header's checksum; returns what the addresses add to the transport's sum, and the new ports.</summary>
    static abstract ulong Rewrite(byte* network, in TKey key, TLine* line, out uint ports);

    static abstract uint PortsOf(in TKey key);
}

internal readonly unsafe struct CoreFamily4 : ICoreFamily<FlowKey4, FlowLine4>
{
    public static PacketKind Kind => PacketKind.Flow4;

    public static FlowKey4 KeyOf(uint session, bool reply) => CoreFlows.Key4(session, reply);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetKey(Packet* packet, ref FlowKey4 key)
    {
        key.Addresses = packet->Ipv4->Addresses;
        key.Rest = FlowKey4.RestOf(*(uint*)(packet->Data + packet->L4), packet->Realm, packet->Protocol);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Rewrite(byte* network, in FlowKey4 key, FlowLine4* line, out uint ports)
    {
        var ip = (Ipv4Header*)network;
        ulong addresses = line->Write.Addresses;
        ulong delta = Checksum.Delta(key.Addresses, addresses);
        ip->Addresses = addresses;

        // TTL is the low byte of its word as loaded: one less adds ~1, which is 0xFFFE.
        ip->Ttl--;
        ip->Checksum = Checksum.Apply(ip->Checksum, delta + 0xFFFE);
        ports = line->Write.Ports;
        return delta;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint PortsOf(in FlowKey4 key) => key.Ports;
}

internal readonly unsafe struct CoreFamily6 : ICoreFamily<FlowKey6, FlowLine6>
{
    public static PacketKind Kind => PacketKind.Flow6;

    public static FlowKey6 KeyOf(uint session, bool reply) => CoreFlows.Key6(session, reply);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetKey(Packet* packet, ref FlowKey6 key)
    {
        Ipv6Header* ip = packet->Ipv6;
        key.Source0 = ip->Source0;
        key.Source1 = ip->Source1;
        key.Destination0 = ip->Destination0;
        key.Destination1 = ip->Destination1;
        key.Rest = FlowKey4.RestOf(*(uint*)(packet->Data + packet->L4), packet->Realm, packet->Protocol);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Rewrite(byte* network, in FlowKey6 key, FlowLine6* line, out uint ports)
    {
        var ip = (Ipv6Header*)network;
        FlowTuple6* write = &line->Write;
        ulong delta = Checksum.Delta(key.Source0, write->Source0) + Checksum.Delta(key.Source1, write->Source1)
            + Checksum.Delta(key.Destination0, write->Destination0) + Checksum.Delta(key.Destination1, write->Destination1);
        ip->Source0 = write->Source0;
        ip->Source1 = write->Source1;
        ip->Destination0 = write->Destination0;
        ip->Destination1 = write->Destination1;
        ip->HopLimit--;
        ports = write->Ports;
        return delta;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint PortsOf(in FlowKey6 key) => key.Ports;
}
