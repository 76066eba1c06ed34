using System.Globalization;
using Sluice.Config;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>
/// Two tenants that masquerade towards an external, each to four addresses of its own and two that they share, beside port forwards of both sorts of addresses: a few that always stand,
/// and ranges that come, go and move.
/// </summary>
/// <remarks>Every inside endpoint has a number and a remote endpoint of its own; a packet carries the number, so whoever gets it knows whom it was for.</remarks>
internal sealed class StormNet(Random random)
{
    public const int Tenants = 2;
    public const int Standing = 4;
    public const int StandingPort = 8000;
    public const int Ranges = 40;
    public const int RangeWidth = 100;
    public const int FirstRangePort = 10_000;
    public const int SharedRanges = 20;

    // The first of the two public addresses that both tenants have a part in, and its number among those of a tenant.
    private const int Shared = 8;
    private const int PortsPerHost = 400;
    private const int Hosts = 250;

    /// <summary>Sessions that have an inside endpoint of their own.</summary>
    public const int MostSessions = Tenants * Hosts * PortsPerHost;

    // Its hosts are what forwards lead to; they begin nothing.
    private const string Servers = "10.0.255";

    public static string[] Links { get; } =
    [
        Net.Link("t0", "172.20.0.1/24", "172.20.0.2", ", routes: [{ to: 10.0.0.0/16, via: 172.20.0.2 }]"),
        Net.Link("t1", "172.20.1.1/24", "172.20.1.2", ", routes: [{ to: 10.0.0.0/16, via: 172.20.1.2 }]"),
        Net.Link("ext", "192.168.50.1/24", "192.168.50.2", ", routes: [{ to: 198.18.0.0/15, via: 192.168.50.2 }]"),
    ];

    /// <summary>One more configuration; the same pairs of realms, other pools and other forwards.</summary>
    public ConfigSet Next(out List<StormForward> forwards)
    {
        forwards = [];
        var peerings = new List<string>();
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            var exposes = new List<string>();
            string[][] pools =
            [
                [Own(tenant, "30", 0), "203.0.113.8/31"], [Own(tenant, "30", 0)], [Own(tenant, "31", 2), "203.0.113.8/31"], [Own(tenant, "31", 0), "203.0.113.9/32"],
                ["203.0.113.8/31"],
            ];
            string[] pool = pools[random.Next(pools.Length)];
            string publics = string.Join(", ", pool.Select(static one => $"{{ cidr: {one} }}"));
            exposes.Add($"{{ ips: [{{ cidr: 10.0.0.0/16 }}], as: [{publics}], nat: {{ masquerade: {{ idleTimeout: {random.Next(3, 9)}s }} }} }}");
            for (int i = 0; i < Standing; i++) forwards.Add(new StormForward(tenant, i % 4, "", StandingPort + i, 1, 10 + i, 22));
            for (int i = 0; i < Ranges; i++)
            {
                if (random.Next(3) == 0) continue;
                string protocol = random.Next(3) switch { 0 => "tcp", 1 => "udp", _ => "" };
                forwards.Add(new StormForward(tenant, i % 4, protocol, FirstRangePort + (i * RangeWidth * 2), RangeWidth, 20 + random.Next(8), 30_000 + (i * RangeWidth)));
            }

            // Of the addresses that both have a part in, each forwards ports of its own.
            for (int i = 0; i < SharedRanges; i++)
            {
                bool hasBoth = pool.Contains("203.0.113.8/31"), hasOne = pool.Contains("203.0.113.9/32");
                if (!(hasBoth || (hasOne && i % 2 == 1)) || random.Next(3) == 0) continue;
                forwards.Add(new StormForward(tenant, Shared + (i % 2), "", FirstRangePort + (((2 * i) + tenant) * RangeWidth), RangeWidth, 20 + random.Next(8), 40_000 + (i * RangeWidth)));
            }

            foreach (StormForward forward in forwards.Where(one => one.Tenant == tenant))
            {
                string proto = forward.Protocol.Length == 0 ? "" : $"proto: {forward.Protocol}, ";
                exposes.Add($"{{ ips: [{{ cidr: {Servers}.{forward.Server}/32 }}], as: [{{ cidr: {PublicOf(tenant, forward.Address)}/32 }}], " +
                    $"nat: {{ portForward: {{ ports: [{{ {proto}port: \"{forward.PrivatePort}-{forward.PrivatePort + forward.Width - 1}\", as: \"{forward.PublicPort}-{forward.PublicPort + forward.Width - 1}\" }}] }} }} }}");
            }

            peerings.Add($"t{tenant}: {{ expose: [{string.Join(", ", exposes)}] }}, ext: {Net.Plain("198.18.0.0/15")}");
        }

        // No rest for ports: what is given back is given out again at once.
        string profile = "filtering: addressAndPortDependent, holdTime: 0s" + (random.Next(3) == 0 ? ", ports: \"10000-60000\"" : "");
        LoadResult loaded = ConfigLoader.LoadText("storm.yaml", Net.Of(Links, [.. peerings], profile));
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }

    public static IpAddress PublicOf(int tenant, int address) => IpAddress.V4(0xCB00_7100 + (uint)(address >= Shared ? address : (4 * tenant) + address));

    /// <summary>The inside endpoint with that number.</summary>
    public static (int Tenant, IpAddress Address, ushort Port) InsideOf(int number)
    {
        int one = number / Tenants, host = one / PortsPerHost;
        return (number % Tenants, IpAddress.V4(0x0A00_0000 + (uint)((host / 100) << 8) + 2 + (uint)(host % 100)), (ushort)(1100 + (one % PortsPerHost * 151)));
    }

    /// <summary>The remote endpoint that only this inside endpoint speaks to.</summary>
    public static (IpAddress Address, ushort Port) RemoteOf(int number) => (IpAddress.V4(0xC612_0000 + (uint)(number & 0x1_FFFF)), (ushort)(2000 + (number >> 17)));

    public static bool IsTcp(int number) => number / Tenants % 4 == 0;

    public static byte[] FrameOf(MacAddress to, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort, bool tcp, byte flags, ReadOnlySpan<byte> payload)
    {
        PacketBuilder packet = PacketBuilder.Ip(source.ToString(), destination.ToString());
        packet = tcp ? packet.Tcp(sourcePort, destinationPort, flags) : packet.Udp(sourcePort, destinationPort);
        return packet.Payload(payload.ToArray()).Ethernet(to, MacAddress.Parse("02:00:00:00:99:99")).Build();
    }

    private static string Own(int tenant, string length, int offset) => string.Create(CultureInfo.InvariantCulture, $"203.0.113.{(4 * tenant) + offset}/{length}");
}

/// <summary>A range of public ports that leads to a server.</summary>
internal sealed record StormForward(int Tenant, int Address, string Protocol, int PublicPort, int Width, int Server, int PrivatePort)
{
    public bool Has(int tenant, IpAddress address, ushort port, bool tcp) =>
        Tenant == tenant && StormNet.PublicOf(Tenant, Address) == address && port >= PublicPort && port < PublicPort + Width && Protocol != (tcp ? "udp" : "tcp");

    public bool LeadsTo(IpAddress server, ushort port, ushort publicPort) =>
        server == IpAddress.V4(0x0A00_FF00 + (uint)Server) && port == PrivatePort + publicPort - PublicPort;
}
