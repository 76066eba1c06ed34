using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Silence;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Gateway.Live;

/// <summary>Keeps the kernel from acting on the gateway's packets in one realm, and the gateway's hands off the host's ports there.</summary>
internal sealed unsafe class RealmSilence : IDisposable, IHostPortClaims
{
    private readonly ushort realm;
    private readonly SessionStore store;
    private readonly OwnAddresses own = new();
    private readonly HostPorts ports = new();
    private readonly HostPortKeeper keeper;
    private readonly Dictionary<ushort, (int Interface, Silencer Silencer)> silencers = [];
    private readonly Dictionary<int, IReadOnlyList<IpAddress>> addresses = [];
    private readonly HashSet<IpAddress> mirrored = [];
    private GivenPorts[] forwarded = [];
    private GatewayPolicy? inForce;

    public RealmSilence(ushort realm, SessionStore store)
    {
        this.realm = realm;
        this.store = store;
        keeper = new HostPortKeeper(ports, own, this);
    }

    /// <summary>Whether no link of the realm is left.</summary>
    public bool IsEmpty => silencers.Count == 0;

    /// <summary>The links that are silenced.</summary>
    public IReadOnlyCollection<ushort> Links => [.. silencers.Keys];

    /// <summary>Tells the addresses that an interface has now.</summary>
    public void SetAddresses(int interfaceIndex, IReadOnlyList<IpAddress> now)
    {
        addresses[interfaceIndex] = now;
        LeaveToHost();
    }

    /// <summary>Silences a link.</summary>
    public void Add(ushort link, int interfaceIndex, string name, bool hasEthernet)
    {
        if (silencers.TryGetValue(link, out var known) && known.Interface == interfaceIndex) return;
        Remove(link);
        silencers[link] = (interfaceIndex, Silencer.Attach(own, interfaceIndex, name, hasEthernet));
    }

    /// <summary>Lets a link's kernel hear all again.</summary>
    public void Remove(ushort link)
    {
        if (!silencers.Remove(link, out var known)) return;
        known.Silencer.Dispose();
        addresses.Remove(known.Interface);
        LeaveToHost();
    }

    /// <summary>Says which public addresses and forwards of the realm are in force; addresses that are the host's own too are shared by port.</summary>
    public void SetPublic(GatewayPolicy policy)
    {
        inForce = policy;
        LeaveToHost();
        PortClaim[] claims = [.. policy.PortClaims.Where(claim => claim.Realm == realm)];
        forwarded = [.. claims.SelectMany(GivenBy)];

        // A virtual IP may be an address of the host's (mode real): then its ports are claimed, and the address is nobody's as a whole.
        IpRange[] ranges = [.. policy.PublicAddresses(realm).Concat(claims.Select(static claim => claim.Addresses)).Distinct()];
        HashSet<IpAddress> shared = [.. addresses.Values.SelectMany(a => a).Where(a => ranges.Any(r => r.Contains(a)))];
        foreach (IpAddress address in shared.Where(mirrored.Add).ToArray())
            foreach ((PortClass portClass, byte protocol) in ProtocolsOf(address))
                store.MirrorPorts(realm, address, portClass, own.PortBits(address, protocol));
        foreach (IpAddress address in mirrored.Where(a => !shared.Contains(a)).ToArray()) EndMirror(address);
        keeper.Update(mirrored, forwarded);
    }

    /// <summary>Follows the host's sockets; once a second is meant.</summary>
    public void KeepHostPorts()
    {
        if (mirrored.Count > 0) keeper.Update(mirrored, forwarded);
    }

    public bool Claim(IpAddress address, byte protocol, ushort port) => store.ClaimPort(realm, address, PortClasses.Of(protocol), port);

    public void Release(IpAddress address, byte protocol, ushort port) => store.ReleasePort(realm, address, PortClasses.Of(protocol), port);

    public void Dispose()
    {
        foreach ((_, Silencer silencer) in silencers.Values) silencer.Dispose();
        keeper.Dispose();
        foreach (IpAddress address in mirrored.ToArray()) EndMirror(address);
        ports.Dispose();
        own.Dispose();
    }

    private static (PortClass Class, byte Protocol)[] ProtocolsOf(IpAddress address) =>
    [
        (PortClass.Tcp, IpProtocol.Tcp), (PortClass.Udp, IpProtocol.Udp), (PortClass.Icmp, address.IsV4 ? IpProtocol.Icmp : IpProtocol.IcmpV6),
        (PortClass.Sctp, IpProtocol.Sctp),
    ];

    // An address that one-to-one NAT takes whole is as foreign to the host as any other that it doesn't have.
    private void LeaveToHost() => own.Set(addresses.Values.SelectMany(a => a).Where(a => inForce is null || !inForce.IsTaken(realm, a)));

    private static IEnumerable<GivenPorts> GivenBy(PortClaim claim)
    {
        if (claim.Ports == PortClass.Tcp) yield return new GivenPorts(claim.Addresses, IpProtocol.Tcp, claim.Range);
        if (claim.Ports == PortClass.Udp) yield return new GivenPorts(claim.Addresses, IpProtocol.Udp, claim.Range);
        if (claim.Ports == PortClass.Sctp) yield return new GivenPorts(claim.Addresses, IpProtocol.Sctp, claim.Range);
    }

    private void EndMirror(IpAddress address)
    {
        mirrored.Remove(address);
        foreach ((PortClass portClass, _) in ProtocolsOf(address)) store.MirrorPorts(realm, address, portClass, null);
    }
}
