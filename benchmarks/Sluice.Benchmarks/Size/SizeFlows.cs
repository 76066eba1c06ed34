using System.Buffers.Binary;
using Sluice.Benchmarks.Core;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Size;

/// <summary>How a first packet between two VPCs of a <see cref="SizeConfiguration"/> is translated.</summary>
internal enum SizeKind
{
    Plain,
    Masquerade,
    Static,
    Forward,
    MasqueradeToForward,
}

/// <summary>First packets that a <see cref="SizeConfiguration"/> lets pass, drawn at random: IPv4, of VPCs that have links where so asked.</summary>
internal sealed class SizeFlows(SizeConfiguration size, Random random)
{
    public static readonly SizeKind[] Kinds = Enum.GetValues<SizeKind>();

    /// <summary>The tuple of one of them.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="linked">Whether both VPCs are to have a link.</param>
    public SizeFlow Draw(SizeKind kind, bool linked)
    {
        while (true)
        {
            int left = random.Next(linked ? size.Reached : size.Vpcs), step = random.Next(size.Degree), right = (left + step + 1) % size.Vpcs;
            if (linked && right >= size.Reached) continue;
            int number = (left * size.Degree) + step, form = number % 10;

            // Forwards are of the left ends of the forms 0 to 5, and both ends of 4 and 5 have all kinds; 9 is IPv6, and 3 has an access list.
            if (form is 3 or > 5 && kind != SizeKind.Plain) continue;
            if (form == 9 || (kind == SizeKind.MasqueradeToForward && form is not (4 or 5))) continue;
            int slot = step, other = size.Degree + step;
            uint own = Own(left, slot), hidden = Hidden(slot);

            // Who is spoken to at a static or forwarded address is the left end, from the right one.
            return kind switch
            {
                SizeKind.Plain => Flow(left, own + 5, right, Own(right, other) + 7, 53),
                SizeKind.Masquerade => Flow(left, hidden + 100, right, Own(right, other) + 7, 53),
                SizeKind.Static => Flow(right, Own(right, other) + 5, left, Public(left, slot) + 64 + 9, 53),
                SizeKind.Forward => Flow(right, Own(right, other) + 5, left, Public(left, slot) + 1, 53),
                _ => Flow(right, Hidden(other) + 100, left, Public(left, slot) + 1, 53),
            };
        }
    }

    /// <summary>Any kind.</summary>
    public SizeFlow Draw(bool linked) => Draw(Kinds[random.Next(Kinds.Length)], linked);

    private SizeFlow Flow(int from, uint source, int to, uint destination, ushort port) =>
        new(from, to, source, (ushort)random.Next(1024, 65536), destination, port);

    private static uint Own(int vpc, int slot) => 0x0A00_0000 + ((uint)vpc << 14) + ((uint)slot << 8);

    private static uint Hidden(int slot) => 0xAC10_0000 + ((uint)slot << 8);

    private static uint Public(int vpc, int slot) => 0x6440_0000 + (uint)(vpc * 4096) + (uint)(slot * 128);
}

/// <summary>The tuple of a UDP packet from one VPC to another.</summary>
internal readonly record struct SizeFlow(int From, int To, uint Source, ushort SourcePort, uint Destination, ushort DestinationPort)
{
    public FirstPacket First(RealmRegistry realms) =>
        First(realms.TryGet(SizeConfiguration.NameOf(From), out ushort realm) ? realm : throw new InvalidOperationException(SizeConfiguration.NameOf(From)));

    public FirstPacket First(ushort realm) => new()
    {
        Realm = realm,
        Protocol = IpProtocol.Udp,
        HasPorts = true,
        Source = IpAddress.V4(Source),
        SourcePort = SourcePort,
        Destination = IpAddress.V4(Destination),
        DestinationPort = DestinationPort,
    };

    /// <summary>Writes the packet as a frame.</summary>
    public unsafe void Write(byte* frame)
    {
        var key = new FlowKey4
        {
            Addresses = BinaryPrimitives.ReverseEndianness(Source) | ((ulong)BinaryPrimitives.ReverseEndianness(Destination) << 32),
            Rest = FlowKey4.RestOf(BinaryPrimitives.ReverseEndianness(SourcePort) | ((uint)BinaryPrimitives.ReverseEndianness(DestinationPort) << 16), 0, IpProtocol.Udp),
        };
        FrameBank.Write4(frame, key);
    }
}
