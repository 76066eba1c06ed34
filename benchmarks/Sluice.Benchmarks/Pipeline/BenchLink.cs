using System.Diagnostics.CodeAnalysis;
using Sluice.Links;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>A link whose device costs nothing: it hands over frames that lie ready, once each time it is armed, and counts what it sends.</summary>
internal sealed class BenchLink : Link
{
    [SetsRequiredMembers]
    public BenchLink(string name, MacAddress mac)
    {
        Name = name;
        Mac = mac;
        Queue = new BenchQueue();
    }

    public BenchQueue Queue { get; }

    public override bool HasEthernet => true;

    public override MacAddress Mac { get; }

    public override int Mtu => 1500;

    public override LinkCapabilities Capabilities => LinkCapabilities.None;

    public override LinkQueue OpenQueue(int worker, int workers) => Queue;
}

/// <summary>The one queue of a <see cref="BenchLink"/>.</summary>
internal sealed unsafe class BenchQueue : LinkQueue
{
    private byte** frames;
    private int waiting;
    private int length;
    private ulong received;
    private ulong sent;

    public override int PollDescriptor => -1;

    public override LinkStatistics Statistics => new(received, sent, 0, 0);

    /// <summary>Where sent packets are shown, while a benchmark sets itself up; null while it measures.</summary>
    public Action<nint>? Sending { get; set; }

    /// <summary>Lets the next receive have these frames.</summary>
    public void Arm(byte** ready, int count, int frameLength)
    {
        frames = ready;
        waiting = count;
        length = frameLength;
    }

    public override int Receive(Packet* packets, int max)
    {
        int count = Math.Min(waiting, max);
        for (int i = 0; i < count; i++)
        {
            // What a ring tells of a frame, and everything else cleared; the frame itself is not touched.
            packets[i] = new Packet { Data = frames[i], Length = length };
        }

        frames += count;
        waiting -= count;
        received += (ulong)count;
        return count;
    }

    public override int Send(Packet** packets, int count)
    {
        sent += (ulong)count;
        if (Sending is { } show)
            for (int i = 0; i < count; i++) show((nint)packets[i]);
        return count;
    }

    public override void Release()
    {
    }
}
