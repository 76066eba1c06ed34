using System.Globalization;
using Sluice.Policy.Balancing;

namespace Sluice.Gateway.Commands;

/// <summary>What a choice hashes, as the reference numbers and names it.</summary>
/// <remarks>The flow label of IPv6 (0x80 there) is never hashed: a sender may change it within a flow, as Linux does after a timeout (RFC 6437 section 2).</remarks>
internal static class FlowHashText
{
    private static readonly (FlowHashFields Field, string Name)[] Names =
    [
        (FlowHashFields.SourceAddress, "srcaddr"), (FlowHashFields.DestinationAddress, "dstaddr"), (FlowHashFields.SourcePort, "srcport"), (FlowHashFields.DestinationPort, "dstport"),
        (FlowHashFields.Protocol, "iproto"), (FlowHashFields.Reverse, "reverse"), (FlowHashFields.Symmetric, "symmetric"),
    ];

    public static string Of(FlowHashFields fields) =>
        string.Create(CultureInfo.InvariantCulture, $"0x{(int)fields:x} ({string.Join(',', Names.Where(named => (fields & named.Field) != 0).Select(static named => named.Name))})");
}
