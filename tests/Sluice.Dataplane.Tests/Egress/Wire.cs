using System.Runtime.InteropServices;
using Sluice.Dataplane.Egress;
using Sluice.Links;
using Sluice.Links.AfPacket;
using Sluice.Links.Memory;
using Sluice.Links.Tests.Live;
using Sluice.Links.Tun;
using Sluice.Packets;

namespace Sluice.Dataplane.Tests.Egress;

/// <summary>A link of the gateway and what is at its far end, for one driver. Every far end sends and receives bare IP packets with their offload fields.</summary>
internal abstract class Wire : IDisposable
{
    public required Link Link { get; init; }

    public required LinkQueue Queue { get; init; }

    public static Wire Open(string driver) => driver switch
    {
        "memory" => new MemoryWire(LinkCapabilities.None),
        "afpacket" => AfPacketWire.Open(),
        "tun" => TunWire.Open(),
        _ => throw new ArgumentOutOfRangeException(nameof(driver)),
    };

    /// <summary>The far end sends a packet to the gateway.</summary>
    public abstract void SendFromFar(byte[] packet, FrameOffload offload);

    /// <summary>The far end receives what the gateway sent, at least so many payload bytes of transport headers' packets.</summary>
    public abstract List<(byte[] Packet, FrameOffload Offload)> ReceiveAtFar(Func<List<(byte[] Packet, FrameOffload Offload)>, bool> enough);

    public virtual void Dispose()
    {
        Queue.Dispose();
        Link.Dispose();
    }

    // Offsets in a frame move with its link header.
    protected static FrameOffload Shift(FrameOffload offload, int by) => offload.PartialChecksum || offload.GsoType != 0
        ? offload with { ChecksumStart = (ushort)(offload.ChecksumStart + by), HeaderLength = (ushort)(offload.HeaderLength + by) }
        : offload;

    protected static bool IsOurs(ReadOnlySpan<byte> packet) =>
        packet.Length > 28 && (packet[0] >> 4 == 4 ? packet[12] == 10 : packet[0] >> 4 == 6 && packet[8] == 0xFD);
}

internal sealed class MemoryWire : Wire
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public MemoryWire(LinkCapabilities capabilities)
    {
        Link = new MemoryLink("memory", ethernet: true, new(0x02000000000A), 1500, capabilities);
        Queue = Link.OpenQueue(0, 1);
    }

    private MemoryLink Memory => (MemoryLink)Link;

    public override void SendFromFar(byte[] packet, FrameOffload offload) =>
        Memory.Inject(Bytes.WithEthernet(packet, to: 0x02000000000A, from: 0x02000000000B), Shift(offload, Bytes.Ethernet));

    public override List<(byte[] Packet, FrameOffload Offload)> ReceiveAtFar(Func<List<(byte[] Packet, FrameOffload Offload)>, bool> enough) =>
        [.. Memory.TakeSent().Select(f => (f.Bytes[Bytes.Ethernet..], Shift(f.Offload, -Bytes.Ethernet)))];
}

internal abstract class LiveWire : Wire
{
    public required LinkQueue Far { get; init; }

    protected abstract int FarHeader { get; }

    public override List<(byte[] Packet, FrameOffload Offload)> ReceiveAtFar(Func<List<(byte[] Packet, FrameOffload Offload)>, bool> enough)
    {
        List<(byte[] Packet, FrameOffload Offload)> all = [];
        for (int i = 0; i < 200 && !enough(all); i++)
        {
            all.AddRange(Traffic.Receive(Far, 1, b => b.Length > FarHeader && IsOurs(b.AsSpan(FarHeader)), patience: 50)
                .Select(r => (r.Bytes[FarHeader..], Shift(r.Offload, -FarHeader))));
        }

        return all;
    }

    public override void Dispose()
    {
        Far.Dispose();
        base.Dispose();
    }
}

internal sealed class AfPacketWire : LiveWire
{
    public required VethPair Pair { get; init; }

    protected override int FarHeader => Bytes.Ethernet;

    public static AfPacketWire Open()
    {
        VethPair pair = new();
        AfPacketLink link = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        return new AfPacketWire { Pair = pair, Link = link, Queue = link.OpenQueue(0, 1), Far = far.OpenQueue(0, 1) };
    }

    public override void SendFromFar(byte[] packet, FrameOffload offload) =>
        Traffic.Send(Far, Bytes.WithEthernet(packet, to: 0x02000000000A, from: 0x02000000000B), Shift(offload, Bytes.Ethernet));

    public override void Dispose()
    {
        base.Dispose();
        Pair.Dispose();
    }
}

/// <summary>The far end of a TUN device is the host's side of it, tapped by a packet socket.</summary>
internal sealed class TunWire : LiveWire
{
    public required NetworkNamespace Host { get; init; }

    protected override int FarHeader => 0;

    public static TunWire Open()
    {
        NetworkNamespace host = NetworkNamespace.CreateAnonymous();
        TunLink link = new("t", "t0", networkNamespace: host.Path);
        using AfPacketLink far = new("far", "t0", networkNamespace: host.Path);
        return new TunWire { Host = host, Link = link, Queue = link.OpenQueue(0, 1), Far = far.OpenQueue(0, 1) };
    }

    public override void SendFromFar(byte[] packet, FrameOffload offload) => Traffic.Send(Far, packet, offload);

    public override void Dispose()
    {
        base.Dispose();
        Host.Dispose();
    }
}

/// <summary>Takes packets from one wire's link to another's, as the stages before egress do.</summary>
internal static unsafe class Carrier
{
    /// <summary>Receives until a packet of ours came, parses, exchanges the link header and sends by egress.</summary>
    public static EgressCounts Carry(Wire from, Wire to)
    {
        Packet* packets = (Packet*)NativeMemory.AlignedAlloc(64 * (nuint)sizeof(Packet), 64);
        Packet** ready = stackalloc Packet*[64];
        using EgressStage egress = new(to.Link, to.Queue);
        using Poller poller = new([from.Queue]);
        try
        {
            LinkFrame frame = from.Link.HasEthernet ? LinkFrame.Ethernet(from.Link.Mac) : LinkFrame.Raw;
            for (int attempt = 0; attempt < 100; attempt++)
            {
                int count = from.Queue.Receive(packets, 64);
                int chosen = 0;
                for (int i = 0; i < count; i++)
                {
                    PacketParser.Parse(&packets[i], frame);
                    if (packets[i].Kind is PacketKind.Flow4 or PacketKind.Flow6)
                    {
                        ChangeHeader(&packets[i], to.Link);
                        ready[chosen++] = &packets[i];
                    }
                }

                EgressCounts counts = chosen > 0 ? egress.Send(ready, chosen) : default;
                from.Queue.Release();
                if (chosen > 0) return counts;
                if (count == 0) poller.Wait(50);
            }

            return default;
        }
        finally
        {
            NativeMemory.AlignedFree(packets);
        }
    }

    private static void ChangeHeader(Packet* packet, Link to)
    {
        int header = to.HasEthernet ? Bytes.Ethernet : 0;
        int moved = header - packet->L3;
        packet->Data -= moved;
        packet->Length += moved;
        packet->L3 = (ushort)header;
        packet->L4 = (ushort)(packet->L4 + moved);
        packet->ChecksumStart = (ushort)(packet->ChecksumStart + moved);
        packet->HeaderLength = (ushort)(packet->HeaderLength + moved);
        if (header == 0) return;
        Bytes.WithEthernet([packet->Data[header]], to: 0x02000000000B, from: 0x02000000000A).AsSpan(0, header).CopyTo(new Span<byte>(packet->Data, header));
    }
}
