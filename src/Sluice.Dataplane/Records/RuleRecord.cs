using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Dataplane.Records;

/// <summary>What a rule with <c>log: true</c> did with a packet.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IsDenied">Whether the packet was dropped; else it began something that passes.</param>
/// <param name="At">When, by the coarse clock.</param>
/// <param name="RealmFrom">The sender's realm.</param>
/// <param name="RealmTo">The realm that the packet was for.</param>
/// <param name="Protocol">The IP protocol.</param>
/// <param name="HasPorts">Whether the ports count.</param>
/// <param name="Source">The sender, as it knows itself.</param>
/// <param name="SourcePort">Its port, or an ICMP query identifier.</param>
/// <param name="Destination">The receiver, as the sender knows it.</param>
/// <param name="DestinationPort">Its port.</param>
/// <param name="PassedOver">How many like it went untold since the last one.</param>
public sealed record RuleRecord(
    PolicyRule Rule,
    bool IsDenied,
    uint At,
    ushort RealmFrom,
    ushort RealmTo,
    byte Protocol,
    bool HasPorts,
    IpAddress Source,
    ushort SourcePort,
    IpAddress Destination,
    ushort DestinationPort,
    uint PassedOver);
