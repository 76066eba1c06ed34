using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Benchmarks.Core;

/// <summary>Before anything is timed: all cores turn the same packets into the same bytes, and these are right.</summary>
internal static unsafe class CoreAgreement
{
    public static void Check(IEnumerable<ICore> cores, FrameBank bank, IpFamily family)
    {
        byte[][]? expected = null;
        foreach (ICore core in cores)
        {
            bank.Rewind();
            bank.Fill();
            byte[][] frames = new byte[FrameBank.Frames][];
            for (int vector = 0; vector < FrameBank.Frames / FrameBank.Vector; vector++)
            {
                bank.Receive(vector);
                if (core.Process(bank.Packets, FrameBank.Vector) != FrameBank.Vector)
                    throw new InvalidOperationException($"{core.Kind} did not forward every packet.");
                for (int i = 0; i < FrameBank.Vector; i++)
                {
                    int frame = (vector * FrameBank.Vector) + i;
                    frames[frame] = bank.Frame(frame).ToArray();
                }
            }

            expected ??= frames;
            for (int frame = 0; frame < frames.Length; frame++)
            {
                if (!frames[frame].AsSpan().SequenceEqual(expected[frame]))
                    throw new InvalidOperationException($"{core.Kind} disagrees on frame {frame}.");
            }
        }

        bank.Rewind();
        for (int frame = 0; frame < expected!.Length; frame++) CheckFrame(expected[frame], bank.Draw(frame), family);
    }

    private static void CheckFrame(byte[] frame, (uint Session, bool Reply) draw, IpFamily family)
    {
        fixed (byte* data = frame)
        {
            var packet = new Packet { Data = data, Length = frame.Length };
            MacAddress destination = MacAddress.FromBytes(frame.AsSpan(0, 6));
            PacketParser.Parse(&packet, LinkFrame.Ethernet(destination));
            bool right = packet.Reason == DropReason.None && packet.Ttl == 63 && TransportChecksum.Holds(&packet) && HasTuple(&packet, draw, family);
            if (!right) throw new InvalidOperationException($"The packet of session {draw.Session} came out wrong: {packet.Kind}, {packet.Reason}.");
        }
    }

    // What leaves is the other direction's key turned round.
    private static bool HasTuple(Packet* packet, (uint Session, bool Reply) draw, IpFamily family)
    {
        if (family == IpFamily.V4)
        {
            Sessions.FlowLine4 line = default;
            Sessions.Flow4.SetWrite(&line, CoreFlows.Key4(draw.Session, !draw.Reply));
            return packet->Ipv4->Addresses == line.Write.Addresses && PacketPorts.Of(packet) == line.Write.Ports;
        }

        Sessions.FlowLine6 wide = default;
        Sessions.Flow6.SetWrite(&wide, CoreFlows.Key6(draw.Session, !draw.Reply));
        return packet->Ipv6->Source0 == wide.Write.Source0 && packet->Ipv6->Source1 == wide.Write.Source1
            && packet->Ipv6->Destination0 == wide.Write.Destination0 && packet->Ipv6->Destination1 == wide.Write.Destination1
            && PacketPorts.Of(packet) == wide.Write.Ports;
    }
}
