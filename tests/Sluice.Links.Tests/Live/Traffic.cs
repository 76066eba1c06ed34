using System.Runtime.InteropServices;
using Sluice.Links.Memory;
using Sluice.Packets;

namespace Sluice.Links.Tests.Live;

/// <summary>Sends and receives frames as byte arrays over any queue.</summary>
internal static unsafe class Traffic
{
    /// <summary>Sends one frame; returns what became of it.</summary>
    public static DropReason Send(LinkQueue queue, byte[] frame, FrameOffload offload = default)
    {
        byte* memory = (byte*)NativeMemory.Alloc((nuint)(Packet.Headroom + 10 + frame.Length));
        try
        {
            byte* data = memory + Packet.Headroom + 10;
            frame.CopyTo(new Span<byte>(data, frame.Length));
            Packet packet = new() { Data = data, Length = frame.Length };
            offload.ApplyTo(ref packet);
            Packet* pointer = &packet;
            int sent = queue.Send(&pointer, 1);
            return sent == 1 ? DropReason.None : packet.Reason;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Receives until so many frames came that pass the filter, blocking in a poller; fewer come back where the patience ends.</summary>
    public static List<(byte[] Bytes, FrameOffload Offload)> Receive(LinkQueue queue, int count, Func<byte[], bool>? filter = null, int patience = Waiting.PatienceMilliseconds) =>
        Receive([queue], count, filter, patience)[0];

    /// <summary>Receives from several queues until so many frames came on all of them together; what came on each.</summary>
    public static List<(byte[] Bytes, FrameOffload Offload)>[] Receive(LinkQueue[] queues, int count, Func<byte[], bool>? filter = null, int patience = Waiting.PatienceMilliseconds)
    {
        using Poller poller = new(queues);
        List<(byte[] Bytes, FrameOffload Offload)>[] frames = [.. queues.Select(_ => new List<(byte[] Bytes, FrameOffload Offload)>())];
        Packet* packets = stackalloc Packet[256];
        long end = Environment.TickCount64 + patience;
        while (frames.Sum(list => list.Count) < count && Environment.TickCount64 < end)
        {
            int received = 0;
            for (int queue = 0; queue < queues.Length; queue++)
            {
                int taken = queues[queue].Receive(packets, 256);
                for (int i = 0; i < taken; i++)
                {
                    byte[] bytes = new ReadOnlySpan<byte>(packets[i].Data, packets[i].Length).ToArray();
                    // The whole headroom is ours to write.
                    new Span<byte>(packets[i].Data - Packet.Headroom, Packet.Headroom).Fill(0xEE);
                    if (filter is null || filter(bytes)) frames[queue].Add((bytes, FrameOffload.Of(packets[i])));
                }

                queues[queue].Release();
                received += taken;
            }

            if (received == 0) poller.Wait(50);
        }

        return frames;
    }
}
