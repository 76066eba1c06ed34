using System.Buffers.Binary;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Links;
using Sluice.Links.Memory;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Policy;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>A whole engine on memory links in virtual time: packets in, packets out, verdicts.</summary>
internal sealed unsafe class Rig : IDisposable, IBurstObserver
{
    private static readonly MacAddress Station = MacAddress.Parse("02:00:00:00:99:99");

    private readonly Dictionary<string, MemoryLink> links = [];
    private readonly RealmRegistry realms = new();
    private readonly List<string> verdicts = [];
    private uint now = 1000;

    public Rig(
        string yaml, int workers = 1, int capacity = 1000, ulong seed = 1, LinkCapabilities capabilities = LinkCapabilities.None, bool waits = false)
    {
        ConfigSet config = Load(yaml);
        Engine = new PacketEngine(new DataplaneOptions
        {
            Workers = workers,
            Capacity = capacity,
            Seed = seed,
            ExactExpiry = true,
            WaitsForNeighbors = waits,
        });
        foreach (LinkSpec spec in config.Gateway.Links)
        {
            ushort index = Engine.NextLinkIndex();
            var mac = new MacAddress(0x020000000001UL + index);
            var link = new MemoryLink(spec.Name, spec.Driver != LinkDriver.Tun, mac, spec.Mtu ?? 1500, capabilities) { Vlan = (ushort)(spec.Vlan ?? 0) };
            links.Add(spec.Name, link);
            Assert.True(realms.TryGetOrAdd(spec.Realm, out ushort realm));
            Engine.AddLink(new LinkPort
            {
                Index = index,
                Link = link,
                Realm = realm,
                Vlan = (ushort)(spec.Vlan ?? 0),
                Addresses = [.. spec.Addresses.Select(one => new ConnectedAddress(one.Address, one.Connected))],
                AnswersForOwnAddresses = true,
            });
        }

        Apply(config);
        Engine.Observe(this);
    }

    public PacketEngine Engine { get; }

    /// <summary>The verdicts since the last time, as one line each.</summary>
    public string[] TakeVerdicts()
    {
        LastVerdicts = [.. verdicts];
        verdicts.Clear();
        return LastVerdicts;
    }

    /// <summary>What was taken last.</summary>
    public string[] LastVerdicts { get; private set; } = [];

    /// <summary>The sessions of the packets seen since the last time that anybody asked, as numbers; null: none.</summary>
    public List<ulong?> Sessions { get; } = [];

    /// <summary>The verdicts of packets by their identification, or flow label.</summary>
    public Dictionary<int, string> VerdictById { get; } = [];

    /// <summary>The virtual time.</summary>
    public uint Now => now;

    /// <summary>What a configuration would make of the sessions that live now.</summary>
    public ReloadForecast Forecast(string yaml) => ReloadForecast.Of(Engine.Store, Engine.Rules, PolicyCompiler.Compile(Load(yaml), realms), now);

    /// <summary>The number of a realm.</summary>
    public ushort RealmOf(string name)
    {
        Assert.True(realms.TryGet(name, out ushort number), name);
        return number;
    }

    /// <summary>Puts another configuration in force, and every session to it; what leaves because of it is described.</summary>
    public string[] Reload(string yaml)
    {
        Apply(Load(yaml));
        Engine.Revalidate(now);
        return Taken();
    }

    /// <summary>Puts another configuration in force before any session has been put to it.</summary>
    public void ApplyOnly(string yaml) => Apply(Load(yaml));

    /// <summary>Lets time pass.</summary>
    public void Wait(uint milliseconds)
    {
        now += milliseconds;
        Engine.Settle(now);
    }

    /// <summary>Sends frames in by a link at one moment; what leaves is described, a line a packet: link, then packet.</summary>
    public string[] Send(string link, params byte[][] frames)
    {
        foreach (byte[] frame in frames) links[link].Inject(frame);
        return Work();
    }

    /// <summary>Sends one packet in by a link, in a frame from a station of no importance.</summary>
    public string[] In(string link, PacketBuilder packet) => Send(link, FrameOf(link, packet));

    /// <summary>A packet as a frame of a link, from a station of no importance.</summary>
    public byte[] FrameOf(string link, PacketBuilder packet)
    {
        MemoryLink to = links[link];
        if (!to.HasEthernet) return packet.Build();
        packet.Ethernet(to.Mac, Station);
        return (to.Vlan == 0 ? packet : packet.Vlan(to.Vlan)).Build();
    }

    /// <summary>A link by its name.</summary>
    public MemoryLink Link(string name) => links[name];

    /// <summary>Puts frames in without working on them yet.</summary>
    public void Put(string link, byte[] frame, in FrameOffload offload = default) => links[link].Inject(frame, offload);

    /// <summary>Works on everything that waits; what leaves is described.</summary>
    public string[] Work()
    {
        Engine.Settle(now);
        Engine.Step(now);
        AssertConserved();
        return Taken();
    }

    /// <summary>What was left to the links with the frames of <see cref="Frames"/>.</summary>
    public List<FrameOffload> Offloads { get; } = [];

    /// <summary>The links of <see cref="Frames"/>.</summary>
    public List<string> FrameLinks { get; } = [];

    /// <summary>The frames that left by a link, as they are.</summary>
    public List<byte[]> Frames { get; } = [];

    public void Dispose()
    {
        AssertConserved();
        Engine.Dispose();
    }

    public void Observe(LinkPort port, Packet* packets, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Packet* packet = packets + i;
            Sessions.Add(NumberOf(packet));
            string verdict = packet->Verdict == Verdict.Drop ? $"drop {packet->Reason}" : packet->Verdict.ToString().ToLowerInvariant();
            verdicts.Add(verdict);
            if (packet->Kind != PacketKind.Bad && packet->Data[packet->L3] >> 4 is 4 or 6) VerdictById[IdentificationOf(packet->Data + packet->L3)] = verdict;
        }
    }

    /// <summary>An Ethernet frame from a neighbour of a link to the gateway.</summary>
    public byte[] From(string link, string neighborMac, PacketBuilder packet) =>
        packet.Ethernet(links[link].Mac, MacAddress.Parse(neighborMac)).Build();

    private static int IdentificationOf(byte* ip) => *ip >> 4 == 4
        ? BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(ip + 4, 2))
        : BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(ip, 4)) & 0xFFFFF;

    // Both directions of a session have the same number, a packet without session none.
    private ulong? NumberOf(Packet* packet)
    {
        if (packet->Session == Packet.NoSession) return null;
        IpFamily family = packet->Kind is PacketKind.Flow4 or PacketKind.Error4 or PacketKind.Other4 ? IpFamily.V4 : IpFamily.V6;
        return Engine.Store.TryDescribe(family, packet->Session, now, out SessionView session) ? session.Number : 0;
    }

    private string[] Taken()
    {
        Frames.Clear();
        Offloads.Clear();
        FrameLinks.Clear();
        var lines = new List<string>();
        foreach ((string name, MemoryLink link) in links)
            foreach (SentFrame sent in link.TakeSent())
            {
                Frames.Add(sent.Bytes);
                Offloads.Add(sent.Offload);
                FrameLinks.Add(name);
                lines.Add($"{name} {PacketText.Describe(sent.Bytes, link.HasEthernet)}");
            }

        return [.. lines];
    }

    private void AssertConserved() => Assert.Equal(0, Engine.Counters().Imbalance);

    private void Apply(ConfigSet config)
    {
        var routes = new List<RouteFact>();
        foreach (LinkSpec spec in config.Gateway.Links)
        {
            ushort index = Engine.Links.Single(port => port.Link.Name == spec.Name).Index;
            foreach (RouteSpec route in spec.Routes) routes.Add(new RouteFact(index, route.To, route.Via, RouteOrigin.Document));
        }

        Engine.Router.Neighbors.SetFixed(config.Gateway.Links.SelectMany(spec => spec.Neighbors.Select(neighbor =>
            (Engine.Links.Single(port => port.Link.Name == spec.Name).Index, neighbor.Address, neighbor.Mac))));
        Engine.Apply(PolicyCompiler.Compile(config, realms), routes, new GatewayIdentity(config.Gateway.IdentityV4, config.Gateway.IdentityV6));
    }

    private static ConfigSet Load(string yaml)
    {
        LoadResult loaded = ConfigLoader.LoadTexts([("test.yaml", yaml)], allowUnsupported: yaml.Contains("kind: Translation", StringComparison.Ordinal));
        Assert.True(loaded.Set is not null, string.Join('\n', loaded.Problems));
        return loaded.Set;
    }
}
