using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>What is to be done with a first packet.</summary>
public enum DecisionKind : byte
{
    /// <summary>Dropped for <see cref="Decision.Reason"/>.</summary>
    Drop = 0,

    /// <summary>Plain routing inside one realm: no session.</summary>
    Route,

    /// <summary>Passes between realms without state, as it is or translated one to one: remembered as a droppable cache entry only.</summary>
    Stateless,

    /// <summary>A session is to be made.</summary>
    Session,

    /// <summary>
    /// The destination is a public address whose owner only the mappings know: look there, in the realm <see cref="Decision.RealmTo"/>,
    /// then ask <see cref="GatewayPolicy.DecideInbound"/>.
    /// </summary>
    AskMappings,

    /// <summary>
    /// The destination is a virtual IP and the packet an ICMP query: the gateway answers an echo request itself, and drops any other for <see cref="Decision.Reason"/>.
    /// </summary>
    Answer,
}

/// <summary>The policy's answer to a first packet: one cache line.</summary>
/// <remarks>
/// What the packet becomes: its source stays, or is <see cref="Source"/>, or comes from <see cref="SourcePool"/> (never two of them); its destination stays, or is <see cref="Destination"/>.
/// The two combine freely. A fixed endpoint may equal the one that it replaces.
/// </remarks>
public struct Decision
{
    /// <summary>"None" in <see cref="SourcePool"/>.</summary>
    public const int NoPool = -1;

    // Without their family, which is the packet's: two addresses with theirs would take two cache lines.
    private UInt128 source;
    private UInt128 destination;

    /// <summary>With <see cref="RewritesSource"/>: the public port that the source becomes; of a packet without ports its own value.</summary>
    public ushort SourcePort;

    /// <summary>With <see cref="RewritesDestination"/>: the inside port that the destination becomes; of a packet without ports its own value.</summary>
    public ushort DestinationPort;

    private IpFamily family;
    private Signs signs;

    /// <summary>What is to be done.</summary>
    public DecisionKind Kind;

    /// <summary>With <see cref="DecisionKind.Drop"/>, and with <see cref="DecisionKind.Answer"/> where there is no answer: why it is dropped.</summary>
    public DropReason Reason;

    /// <summary>Conduct of the packets that go the way of the first one.</summary>
    public FlowConduct OriginalConduct;

    /// <summary>Conduct of the packets that come back.</summary>
    public FlowConduct ReplyConduct;

    /// <summary>The realm that the packet goes to; with <see cref="DecisionKind.AskMappings"/> the realm in which the destination is a public address.</summary>
    public ushort RealmTo;

    /// <summary>Index in <see cref="GatewayPolicy.Pools"/> of the pool that the source takes a public endpoint from, or <see cref="NoPool"/>.</summary>
    public int SourcePool;

    /// <summary>Index in <see cref="GatewayPolicy.Timers"/> of the idle times.</summary>
    public int Timers;

    /// <summary>Index in <see cref="GatewayPolicy.Rules"/> of the rule that decided.</summary>
    public uint Rule;

    /// <summary>The backend that was chosen, which <see cref="GatewayPolicy.TryGetBackend"/> knows; 0: none, for the destination is no virtual IP.</summary>
    public int Backend;

    /// <summary>The source-NAT policy that covers the packet: 1 + its place in <see cref="GatewayPolicy.SourceNats"/>; 0: none does.</summary>
    public ushort SourceNat;

    /// <summary>Whether the source becomes a fixed public endpoint: static NAT, or the public endpoint that is forwarded to the sender.</summary>
    public bool RewritesSource
    {
        readonly get => Has(Signs.RewritesSource);
        set => Set(Signs.RewritesSource, value);
    }

    /// <summary>Whether the destination becomes a fixed inside endpoint: static NAT or a port forward.</summary>
    public bool RewritesDestination
    {
        readonly get => Has(Signs.RewritesDestination);
        set => Set(Signs.RewritesDestination, value);
    }

    /// <summary>With <see cref="DecisionKind.Drop"/>: the packet came unasked, from outside of an end that hides its hosts, to a public port that nobody has or that an access list denies, so its sender hears nothing.</summary>
    public bool InSilence
    {
        readonly get => Has(Signs.InSilence);
        set => Set(Signs.InSilence, value);
    }

    /// <summary>Whether the pair of realms has an access list, so that packets that come back must be judged by it too.</summary>
    public bool HasAcl
    {
        readonly get => Has(Signs.HasAcl);
        set => Set(Signs.HasAcl, value);
    }

    /// <summary>Whether the rule asks for one (rate-limited) record of this packet; <see cref="Rule"/> names it.</summary>
    public bool Log
    {
        readonly get => Has(Signs.Log);
        set => Set(Signs.Log, value);
    }

    /// <summary>Whether the client is to keep the backend that it had last, which the policy doesn't know: see <see cref="GatewayPolicy.LeadTo(in FirstPacket, int, ref Decision)"/>.</summary>
    public bool HasAffinity
    {
        readonly get => Has(Signs.HasAffinity);
        set => Set(Signs.HasAffinity, value);
    }

    /// <summary>With <see cref="RewritesSource"/>: the public address that the source becomes.</summary>
    public readonly IpAddress Source => new(family, source);

    /// <summary>With <see cref="RewritesDestination"/>: the inside address that the destination becomes.</summary>
    public readonly IpAddress Destination => new(family, destination);

    /// <summary>Whether the packet is sent by <see cref="RouteBy"/> with its destination as it is: to a backend that has the virtual address itself.</summary>
    public readonly bool IsRoutedBy => Backend != 0 && !RewritesDestination;

    /// <summary>With <see cref="IsRoutedBy"/>: the address that is looked up instead of the packet's destination.</summary>
    public readonly IpAddress RouteBy => new(family, destination);

    /// <summary>Rewrites the source to a fixed public endpoint.</summary>
    public void SetSource(in IpAddress address, ushort port)
    {
        RewritesSource = true;
        family = address.Family;
        source = address.Value;
        SourcePort = port;
    }

    /// <summary>Rewrites the destination to a fixed inside endpoint.</summary>
    public void SetDestination(in IpAddress address, ushort port)
    {
        RewritesDestination = true;
        family = address.Family;
        destination = address.Value;
        DestinationPort = port;
    }

    // The bytes of a destination that stays hold the address that it is sent by.
    internal void SetNextHop(in IpAddress address)
    {
        family = address.Family;
        destination = address.Value;
    }

    private readonly bool Has(Signs sign) => (signs & sign) != 0;

    private void Set(Signs sign, bool value) => signs = value ? signs | sign : signs & ~sign;

    // One byte, so that a decision stays one cache line.
    [Flags]
    private enum Signs : byte
    {
        None = 0,
        RewritesSource = 1 << 0,
        RewritesDestination = 1 << 1,
        InSilence = 1 << 2,
        HasAcl = 1 << 3,
        Log = 1 << 4,
        HasAffinity = 1 << 5,
    }
}
