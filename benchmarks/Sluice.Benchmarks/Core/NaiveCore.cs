using System.Buffers.Binary;
using Sluice.Packets;

namespace Sluice.Benchmarks.Core;

/// <summary>What one writes first, in good idiomatic C#: a record as key, a dictionary, a class a session, spans and their readers. IPv4.</summary>
internal sealed unsafe class NaiveCore : ICore
{
    private readonly Dictionary<Tuple, Session> sessions = [];
    private readonly byte[][] nextHops = new byte[3][];
    private readonly TimeSpan idle = TimeSpan.FromHours(2);
    private readonly int generation;
    private readonly uint now;

    public NaiveCore(uint count, int generation, uint now, byte[] inside, byte[] outside)
    {
        this.generation = generation;
        this.now = now;
        nextHops[CoreFlows.InsideRealm] = inside;
        nextHops[CoreFlows.OutsideRealm] = outside;
        for (uint number = 0; number < count; number++)
        {
            Tuple original = TupleOf(number, reply: false), reply = TupleOf(number, reply: true);
            var session = new Session { Original = original, Reply = reply, Generation = generation, LastSeen = now };
            sessions.Add(original, session);
            sessions.Add(reply, session);
        }
    }

    public string Kind => "naive";

    public int Process(Packet* packets, int count)
    {
        int forwarded = 0;
        for (int i = 0; i < count; i++)
        {
            if (!TryProcess(new Span<byte>(packets[i].Data, packets[i].Length), packets[i].Realm)) continue;
            packets[i].Verdict = Verdict.Forward;
            forwarded++;
        }

        return forwarded;
    }

    private bool TryProcess(Span<byte> frame, ushort realm)
    {
        if (frame.Length < 34 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x0800) return false;
        Span<byte> ip = frame[14..];
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] != 0x45 || total < 28 || total > ip.Length) return false;
        if ((BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0 || ip[8] <= 1) return false;
        if (Sum(ip[..20]) != 0xFFFF) return false;
        byte protocol = ip[9];
        if (protocol != 6 && protocol != 17) return false;
        Span<byte> transport = ip[20..total];
        if (protocol == 6 && transport.Length < 20) return false;

        var tuple = new Tuple(
            realm,
            protocol,
            BinaryPrimitives.ReadUInt32BigEndian(ip[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(transport),
            BinaryPrimitives.ReadUInt32BigEndian(ip[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(transport[2..]));
        if (!sessions.TryGetValue(tuple, out Session? session)) return false;
        if (session.Generation != generation || now - session.LastSeen > idle.TotalMilliseconds) return false;
        session.LastSeen = now;
        bool original = session.Original == tuple;
        session.Count(original, total);

        // What leaves is the other direction's tuple turned round.
        Tuple other = original ? session.Reply : session.Original;
        Rewrite(ip, transport, tuple, other);
        nextHops[other.Realm].CopyTo(frame);
        return true;
    }

    private static void Rewrite(Span<byte> ip, Span<byte> transport, in Tuple old, in Tuple other)
    {
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], other.Destination);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], other.Source);
        BinaryPrimitives.WriteUInt16BigEndian(transport, other.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], other.SourcePort);
        ip[8]--;
        ushort sum = BinaryPrimitives.ReadUInt16BigEndian(ip[10..]);
        sum = Update(Update(sum, old.Source, other.Destination), old.Destination, other.Source);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Update(sum, (ushort)0x0100, (ushort)0));
        Span<byte> field = transport[(old.Protocol == 6 ? 16 : 6)..];
        ushort check = BinaryPrimitives.ReadUInt16BigEndian(field);
        if (old.Protocol == 17 && check == 0) return;
        check = Update(Update(check, old.Source, other.Destination), old.Destination, other.Source);
        check = Update(Update(check, old.SourcePort, other.DestinationPort), old.DestinationPort, other.SourcePort);
        if (old.Protocol == 17 && check == 0) check = 0xFFFF;
        BinaryPrimitives.WriteUInt16BigEndian(field, check);
    }

    private static ushort Update(ushort sum, uint old, uint replacement) =>
        Update(Update(sum, (ushort)(old >> 16), (ushort)(replacement >> 16)), (ushort)old, (ushort)replacement);

    private static ushort Update(ushort sum, ushort old, ushort replacement)
    {
        uint result = (uint)(ushort)~sum + (ushort)~old + replacement;
        result = (result & 0xFFFF) + (result >> 16);
        return (ushort)~((result & 0xFFFF) + (result >> 16));
    }

    private static uint Sum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }

    private static Tuple TupleOf(uint session, bool reply)
    {
        Sessions.FlowParts parts = Sessions.Flow4.PartsOf(CoreFlows.Key4(session, reply));
        return new Tuple(
            parts.Realm, parts.Protocol, (uint)parts.Source.Value, parts.SourcePort, (uint)parts.Destination.Value, parts.DestinationPort);
    }

    private readonly record struct Tuple(
        ushort Realm, byte Protocol, uint Source, ushort SourcePort, uint Destination, ushort DestinationPort);

    private sealed class Session
    {
        private long originalBytes;
        private long originalPackets;
        private long replyBytes;
        private long replyPackets;

        public required Tuple Original { get; init; }

        public required Tuple Reply { get; init; }

        public required int Generation { get; init; }

        public required uint LastSeen { get; set; }

        public void Count(bool original, int length)
        {
            if (original)
            {
                originalBytes += length;
                originalPackets++;
            }
            else
            {
                replyBytes += length;
                replyPackets++;
            }
        }
    }
}
