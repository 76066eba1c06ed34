using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>What is to be done with a first packet.</summary>
public enum DecisionKind : byte
{
    /// <summary>Dropped for <see cref="Decision.Reason"/>.</summary>
    Drop = 0,

    /// <summary>Plain routing inside one realm: no session.</summary>
    Route,

    /// <summary>Passes between realms untranslated and without state: remembered as a droppable cache entry only.</summary>
    Stateless,

    /// <summary>A session is to be made.</summary>
    Session,

    /// <summary>
    /// The destination is a public address whose owner only the mappings know: look there, in the realm <see cref="Decision.RealmTo"/>,
    /// then ask <see cref="GatewayPolicy.DecideInbound"/>.
    /// </summary>
    AskMappings,
}

/// <summary>The policy's answer to a first packet.</summary>
public struct Decision
{
    /// <summary>"None" in <see cref="SourcePool"/>.</summary>
    public const int NoPool = -1;

    /// <summary>What is to be done.</summary>
    public DecisionKind Kind;

    /// <summary>With <see cref="DecisionKind.Drop"/>: why.</summary>
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
}
