using System.Globalization;
using Sluice.Dataplane.Records;
using Sluice.Gateway.Composition;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Gateway.Views;

/// <summary>What a rule with <c>log: true</c> did, in names.</summary>
/// <param name="Rule">Such as: peering web, acl rule "allow-web" (allow, flow).</param>
/// <param name="Place">file:line:column of the rule.</param>
/// <param name="Action">allowed or denied.</param>
/// <param name="From">The sender's realm.</param>
/// <param name="To">The receiver's realm.</param>
/// <param name="Protocol">tcp, udp, icmp, icmpv6, sctp or a number.</param>
/// <param name="Source">The sender's endpoint as it knows it; its address where there are no ports.</param>
/// <param name="Destination">The receiver's endpoint as the sender knows it.</param>
/// <param name="PassedOver">How many like it went untold since the last one.</param>
public sealed record RuleRecordView(
    string Rule, string Place, string Action, string From, string To, string Protocol, string Source, string Destination, uint PassedOver)
{
    /// <summary>The record in names.</summary>
    public static RuleRecordView Of(RuleRecord record, RealmRegistry realms) => new(
        record.Rule.Name,
        record.Rule.Place,
        record.IsDenied ? "denied" : "allowed",
        realms.NameOf(record.RealmFrom),
        realms.NameOf(record.RealmTo),
        EndpointText.Protocol(record.Protocol),
        Endpoint(record, record.Source, record.SourcePort),
        Endpoint(record, record.Destination, record.DestinationPort),
        record.PassedOver);

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        string more = PassedOver == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {PassedOver} before it)");
        return $"{Action} by {Rule} at {Place}: {Protocol} {From} {Source} > {To} {Destination}{more}";
    }

    private static string Endpoint(RuleRecord record, in IpAddress address, ushort port) =>
        record.HasPorts ? EndpointText.Of(address, port) : address.ToString();
}
