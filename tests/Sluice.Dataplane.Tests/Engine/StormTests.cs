using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane.Routing;
using Sluice.Links.Memory;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Packets.Tests;
using Sluice.Policy;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>
/// An allocation storm: new sessions without a pause on several threads while forwards come, go and move and pools change under them. No tuple is owned twice,
/// no claimed tuple is given out, and no reply comes to another host.
/// </summary>
/// <remarks>The environment variable SLUICE_STORM multiplies sessions and reloads, for a soak.</remarks>
public sealed class StormTests(ITestOutputHelper output) : IDisposable
{
    private const int Sessions = StormNet.MostSessions;
    private const int Reloads = 100;
    private const int Checks = 10;
    private const int Burst = 64;
    private const int MostWaiting = 1500;
    private const int FromInside = 1;
    private const int ToForward = 2;

    private static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_STORM"), NumberStyles.None, CultureInfo.InvariantCulture, out int times) ? Math.Max(times, 1) : 1;

    private readonly RealmRegistry realms = new();
    private readonly PacketEngine engine = new(new DataplaneOptions { Workers = 3, Capacity = Sessions + 50_000, Seed = 7 });
    private readonly Dictionary<string, MemoryLink> links = [];
    private readonly ConcurrentQueue<(string Link, byte[] Frame)> answers = new();
    private readonly ConcurrentQueue<string> wrongs = new();
    private readonly List<RouteFact> routes = [];
    private volatile List<StormForward>[] inForce = [];
    private long answered;
    private long forwarded;
    private long judged;

    public void Dispose() => engine.Dispose();

    [Fact]
    public void No_tuple_has_two_owners_and_no_reply_a_wrong_receiver()
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        var net = new StormNet(new Random(seed));
        ConfigSet configuration = net.Next(out List<StormForward> forwards);
        inForce = [forwards];
        Open(configuration);
        Apply(configuration);
        engine.Start();
        int sessions = Sessions * Times, reloads = Reloads * Times;
        for (int reload = 0; reload < reloads; reload++)
        {
            Send(random, (int)((long)sessions * reload / reloads), (int)((long)sessions * (reload + 1) / reloads), forwards);

            // The change comes while all of that is on its way.
            List<StormForward> before = forwards;
            configuration = net.Next(out forwards);
            inForce = [before, forwards];
            Apply(configuration);
            if (reload % (reloads / Checks) == 0) Check(forwards);
            Assert.True(wrongs.IsEmpty, string.Join('\n', wrongs.Take(10)));
        }

        Check(forwards);
        engine.Stop();
        Assert.Null(engine.Failure);
        Assert.True(wrongs.IsEmpty, string.Join('\n', wrongs.Take(10)));
        DataplaneCounters counters = engine.Counters();
        output.WriteLine($"in {counters.In}, out {counters.Out}, dropped {counters.Dropped}, answered {answered}, forwarded {forwarded}, sessions {engine.Store.Count().Total}");
        Assert.True(answered > sessions / 4, $"only {answered} were answered");
        Assert.True(forwarded > 0);
        Assert.True(judged > 0);
    }

    private void Send(Random random, int first, int end, List<StormForward> forwards)
    {
        for (int number = first; number < end; number += Burst)
        {
            for (int i = number; i < Math.Min(number + Burst, end); i++)
            {
                SendFrom(i % Sessions);

                // Who has spoken before speaks again: its session is there, or ended by a reload.
                if (random.Next(4) == 0) SendFrom(random.Next(Math.Min(i + 1, Sessions)));
                if (random.Next(6) == 0) SendTo(random, forwards);
            }

            Pump();
        }
    }

    private void SendFrom(int number)
    {
        (int tenant, IpAddress address, ushort port) = StormNet.InsideOf(number);
        (IpAddress remote, ushort remotePort) = StormNet.RemoteOf(number);
        Inject($"t{tenant}", address, port, remote, remotePort, StormNet.IsTcp(number), TcpFlag.Syn, FromInside, number);
    }

    // Somebody outside asks for a forwarded port, of the forwards now in force or not.
    private void SendTo(Random random, List<StormForward> forwards)
    {
        StormForward forward = forwards[random.Next(forwards.Count)];
        int port = forward.PublicPort + random.Next(forward.Width);
        Inject("ext", IpAddress.V4(0xC612_0000 + (uint)random.Next(1 << 17)), (ushort)random.Next(20_000, 60_000), StormNet.PublicOf(forward.Tenant, forward.Address), (ushort)port,
            forward.Protocol != "udp" && random.Next(2) == 0, TcpFlag.Syn, ToForward, (forward.Tenant << 16) | port);
    }

    private void Inject(string link, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort, bool tcp, byte flags, int kind, int number)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, kind);
        BinaryPrimitives.WriteInt32BigEndian(payload[4..], number);
        links[link].Inject(StormNet.FrameOf(links[link].Mac, source, sourcePort, destination, destinationPort, tcp, flags, payload));
    }

    // Answers go back, and nobody is faster than the workers.
    private void Pump()
    {
        do
        {
            while (answers.TryDequeue(out (string Link, byte[] Frame) answer)) links[answer.Link].Inject(answer.Frame);
            engine.Wake();
            if (links.Values.Sum(static link => link.Pending) > MostWaiting) Thread.Yield();
            else return;
        }
        while (true);
    }

    // A worker that the machine holds up may have packets in its hands; none has any at the burst's end at which it hears of a link.
    private void Quiesce()
    {
        ulong before;
        do
        {
            before = engine.Counters().In;
            Pump();
            engine.UpdateLink(engine.Links.First());
        }
        while (IsMoving(before));
    }

    private bool IsMoving(ulong before) => !answers.IsEmpty || links.Values.Any(static link => link.Pending > 0) || engine.Counters().In != before;

    // On a worker's thread, for each packet that leaves.
    private void Left(string link, byte[] frame)
    {
        ReadOnlySpan<byte> ip = frame.AsSpan(14);
        bool tcp = ip[9] == IpProtocol.Tcp;
        if (!tcp && ip[9] != IpProtocol.Udp) return;
        int header = tcp ? 40 : 28;
        int kind = BinaryPrimitives.ReadInt32BigEndian(ip[header..]), number = BinaryPrimitives.ReadInt32BigEndian(ip[(header + 4)..]);
        IpAddress source = IpAddress.FromBytes(ip.Slice(12, 4)), destination = IpAddress.FromBytes(ip.Slice(16, 4));
        ushort sourcePort = BinaryPrimitives.ReadUInt16BigEndian(ip[20..]), destinationPort = BinaryPrimitives.ReadUInt16BigEndian(ip[22..]);
        bool comesOut = link == "ext";
        if (kind == FromInside && !comesOut && IsForServer(link, ip[header..], destination, destinationPort, tcp)) return;
        if (kind == FromInside) LeftOfSession(link, number, source, sourcePort, destination, destinationPort, tcp, comesOut);
        else LeftOfForward(link, number, source, sourcePort, destination, destinationPort, tcp, comesOut);
    }

    // A forward that takes a session's public endpoint away has what comes for it from then on; a late answer in UDP looks as any client's packet does.
    private bool IsForServer(string link, ReadOnlySpan<byte> payload, IpAddress destination, ushort destinationPort, bool tcp)
    {
        IpAddress address = IpAddress.FromBytes(payload.Slice(8, 4));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(payload[12..]);
        return !tcp && Array.Exists(inForce, set => set.Exists(forward =>
            link == $"t{forward.Tenant}" && forward.Has(forward.Tenant, address, port, tcp) && forward.LeadsTo(destination, destinationPort, port)));
    }

    private void LeftOfSession(string link, int number, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort, bool tcp, bool comesOut)
    {
        (int tenant, IpAddress address, ushort port) = StormNet.InsideOf(number);
        (IpAddress remote, ushort remotePort) = StormNet.RemoteOf(number);
        if (!comesOut)
        {
            Interlocked.Increment(ref answered);
            if (link != $"t{tenant}" || destination != address || destinationPort != port || source != remote || sourcePort != remotePort)
                wrongs.Enqueue($"the answer to {number} ({address}:{port}) came by {link} to {destination}:{destinationPort}");
            return;
        }

        if (destination != remote || destinationPort != remotePort || !IsPublic(source)) wrongs.Enqueue($"{number} left as {source}:{sourcePort} for {destination}:{destinationPort}");
        if (sourcePort is >= StormNet.StandingPort and < StormNet.StandingPort + StormNet.Standing && IsStanding(source, sourcePort))
            wrongs.Enqueue($"{number} left from {source}:{sourcePort}, which always is a forward's");
        Answer("ext", destination, destinationPort, source, sourcePort, tcp, FromInside, number);
    }

    private void LeftOfForward(string link, int number, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort, bool tcp, bool comesOut)
    {
        int port = number & 0xFFFF, tenant = number >> 16;
        bool standing = port < StormNet.FirstRangePort;
        if (comesOut)
        {
            // An answer of a server, from its public endpoint; of a forward that is gone it is a new session of a masqueraded host.
            if (!IsPublic(source) || (standing && sourcePort != port)) wrongs.Enqueue($"the answer of forward {port} left as {source}:{sourcePort}");
            return;
        }

        Interlocked.Increment(ref forwarded);
        bool isServer = (destination.Value >> 8 & 0xFF) == 255;
        if (link != $"t{tenant}" || !isServer || (standing && (destinationPort != 22 || (int)(destination.Value & 0xFF) != 10 + port - StormNet.StandingPort)))
            wrongs.Enqueue($"a packet for forward {port} of tenant {tenant} came by {link} to {destination}:{destinationPort}");
        Answer(link, destination, destinationPort, source, sourcePort, tcp, ToForward, number);
    }

    // What comes back says to which endpoint it was sent.
    private void Answer(string link, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort, bool tcp, int kind, int number)
    {
        Span<byte> payload = stackalloc byte[14];
        destination.CopyTo(payload[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(payload[12..], destinationPort);
        BinaryPrimitives.WriteInt32BigEndian(payload, kind);
        BinaryPrimitives.WriteInt32BigEndian(payload[4..], number);
        answers.Enqueue((link, StormNet.FrameOf(links[link].Mac, source, sourcePort, destination, destinationPort, tcp, TcpFlag.Syn | TcpFlag.Ack, payload)));
    }

    private static bool IsPublic(IpAddress address) => address.Value >> 8 == 0xCB0071;

    private static bool IsStanding(IpAddress address, ushort port) => (address.Value & 0xFF) < 8 && (int)(address.Value & 3) == port - StormNet.StandingPort;

    // Nothing moves: each public endpoint has one inside endpoint, and what forwards have is nobody else's.
    private void Check(List<StormForward> forwards)
    {
        Quiesce();
        var owners = new Dictionary<(IpAddress Address, ushort Port, byte Protocol), (ushort Realm, IpAddress Address, ushort Port)>();
        foreach (SessionView session in engine.Store.Sessions(engine.Clock.Now))
        {
            if (session.Pool is null) continue;
            judged++;
            (IpAddress address, ushort port, byte protocol) = (session.Reply.Destination, session.Reply.DestinationPort, session.Original.Protocol);
            (ushort realm, IpAddress inside, ushort insidePort) = (session.Original.Realm, session.Original.Source, session.Original.SourcePort);
            if (!owners.TryAdd((address, port, protocol), (realm, inside, insidePort)) && owners[(address, port, protocol)] != (realm, inside, insidePort))
                Assert.Fail($"{address}:{port} is {owners[(address, port, protocol)]}'s and {inside}:{insidePort}'s");
            if (session.Generation != engine.Rules.Generation) continue;
            if (forwards.Find(one => one.Has(0, address, port, protocol == IpProtocol.Tcp) || one.Has(1, address, port, protocol == IpProtocol.Tcp)) is { } claimed)
                Assert.Fail($"{address}:{port} is forward {claimed}'s, and {inside}:{insidePort} has it");
        }

        Assert.Equal(0, engine.Counters().Imbalance);
    }

    private void Open(ConfigSet configuration)
    {
        foreach (LinkSpec spec in configuration.Gateway.Links)
        {
            ushort index = engine.NextLinkIndex();
            var link = new MemoryLink(spec.Name, mac: new MacAddress(0x020000000001UL + index)) { KeepsSent = false };
            link.Sending = frame => Left(spec.Name, frame.Bytes);
            links.Add(spec.Name, link);
            Assert.True(realms.TryGetOrAdd(spec.Realm, out ushort realm));
            engine.AddLink(new LinkPort
            {
                Index = index,
                Link = link,
                Realm = realm,
                Addresses = [.. spec.Addresses.Select(static one => new ConnectedAddress(one.Address, one.Connected))],
            });
            foreach (NeighborSpec neighbor in spec.Neighbors) engine.Router.Neighbors.Learn(index, neighbor.Address, neighbor.Mac);
            foreach (RouteSpec route in spec.Routes) routes.Add(new RouteFact(index, route.To, route.Via, RouteOrigin.Document));
        }
    }

    private void Apply(ConfigSet configuration) => engine.Apply(PolicyCompiler.Compile(configuration, realms), routes, identity: default);
}
