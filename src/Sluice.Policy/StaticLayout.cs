using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Private addresses and ports that become public ones by adding a constant to each.</summary>
internal readonly record struct ShiftedPiece(IpRange Private, PortRange PrivatePorts, IpRange Public, PortRange PublicPorts)
{
    /// <summary>Whether ports are none of its business.</summary>
    internal bool IsWhole => PrivatePorts.IsAll && PublicPorts.IsAll;
}

/// <summary>
/// The order-preserving bijection of one-to-one NAT: both lists are laid out as sequences, sorted by address, then ports; position k of the one is position k of the other.
/// </summary>
internal static class StaticLayout
{
    /// <summary>Whether only addresses are translated: then every protocol passes, and a port stays as it is.</summary>
    internal static bool IsAddressOnly(PrefixSet privates, PrefixSet publics) =>
        privates.Items.All(static item => item.Ports.IsAll) && publics.Items.All(static item => item.Ports.IsAll);

    /// <summary>The pieces, where the lists can be cut into such that are shifted as a whole; false: positions must be counted (<see cref="PortSequence"/>).</summary>
    internal static bool TryShift(PrefixSet privates, PrefixSet publics, out List<ShiftedPiece> pieces)
    {
        pieces = [];
        if (IsAddressOnly(privates, publics))
        {
            CutTogether([.. privates.ToRanges()], [.. publics.ToRanges()], pieces);
            return true;
        }

        if (privates.Items.Length != publics.Items.Length) return false;
        foreach ((PortedPrefix inside, PortedPrefix outside) in privates.Items.Zip(publics.Items))
        {
            if (inside.Prefix.Length != outside.Prefix.Length || inside.Ports.Count != outside.Ports.Count) return false;
            pieces.Add(new ShiftedPiece(new IpRange(inside.Prefix), inside.Ports, new IpRange(outside.Prefix), outside.Ports));
        }

        return true;
    }

    // Both lists hold as many addresses: each cut of one is made in the other too.
    private static void CutTogether(IpRange[] privates, IpRange[] publics, List<ShiftedPiece> pieces)
    {
        int i = 0, j = 0;
        IpRange inside = privates[0], outside = publics[0];
        while (true)
        {
            UInt128 span = UInt128.Min(inside.Span, outside.Span);
            pieces.Add(new ShiftedPiece(Begin(inside, span), PortRange.All, Begin(outside, span), PortRange.All));
            bool isInsideDone = inside.Span == span, isOutsideDone = outside.Span == span;
            if (isInsideDone && ++i == privates.Length) return;
            if (isOutsideDone && ++j == publics.Length) return;
            inside = isInsideDone ? privates[i] : After(inside, span);
            outside = isOutsideDone ? publics[j] : After(outside, span);
        }
    }

    private static IpRange Begin(IpRange range, UInt128 span) => range with { Last = range.First with { Value = range.First.Value + span } };

    private static IpRange After(IpRange range, UInt128 span) => range with { First = range.First with { Value = range.First.Value + span + 1 } };
}
