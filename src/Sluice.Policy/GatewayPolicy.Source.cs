using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    // How the sender of a packet is exposed to the peer. Whether it may begin a conversation there: a host that only has forwards may not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly ExposeView SenderOf(in PrefixMap sources, in FirstPacket packet, out bool mayBegin)
    {
        int value = sources.Find(packet.Source);
        if (Source.IsCell(value)) return ref SenderInCellSlow(Source.NumberOf(value), packet, out mayBegin);
        ref readonly ExposeView view = ref Exposes[Source.NumberOf(value)];
        mayBegin = view.Kind != ExposeKind.None;
        return ref view;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref readonly ExposeView SenderInCellSlow(int cell, in FirstPacket packet, out bool mayBegin)
    {
        ref readonly ExposeView view = ref Exposes[Source.NumberOf(Cells.Find(cell, packet, packet.SourcePort))];

        // A forwarded endpoint that a masquerade covers too sends from its forwarded public endpoint.
        mayBegin = view.Kind == ExposeKind.Forward
            ? Exposes[Source.NumberOf(Cells.WithoutPorts(cell))].Kind == ExposeKind.Masquerade
            : view.Kind != ExposeKind.None;
        return ref view;
    }

    // How an address is exposed whatever the port is: what forwards have of it is left out.
    private ref readonly ExposeView ExposeOf(in PairView pair, in IpAddress address)
    {
        int value = pair.Sources.Find(address);
        if (Source.IsCell(value)) value = Cells.WithoutPorts(Source.NumberOf(value));
        return ref Exposes[Source.NumberOf(value)];
    }

    // What the sender is seen as: itself, its fixed public endpoint, or one from a pool.
    private bool TrySetSource(in FirstPacket packet, in ExposeView sender, ref Decision decision, out DropReason refused)
    {
        refused = DropReason.None;
        switch (sender.Kind)
        {
            case ExposeKind.Masquerade:
                if (!CanTakePort(packet)) refused = DropReason.UnsupportedProtocol;
                decision.SourcePool = sender.Pool;
                break;
            case ExposeKind.Static:
            case ExposeKind.Forward:
                if (TryOutward(sender, packet.Source, packet.SourcePort, out IpAddress address, out ushort port)) decision.SetSource(address, port);
                else refused = DropReason.NotExposed;
                break;
        }

        return refused == DropReason.None;
    }

    // TCP, UDP, SCTP and the ICMP queries have what a pool hands out: a port or an identifier.
    internal static bool CanTakePort(in FirstPacket packet) =>
        packet.HasPorts && PortClasses.Of(packet.Protocol) != PortClass.None;

    private bool TryOutward(in ExposeView view, in IpAddress address, ushort port, out IpAddress translated, out ushort translatedPort)
    {
        if (view.Sequence != 0) return Sequences[view.Sequence]!.TryOutward(view.Piece, address, port, out translated, out translatedPort);
        translated = Shifted(address, view.Shift);
        translatedPort = (ushort)(port + view.PortShift);
        return true;
    }

    private bool TryInward(in ExposeView view, in IpAddress address, ushort port, out IpAddress translated, out ushort translatedPort)
    {
        if (view.Sequence != 0) return Sequences[view.Sequence]!.TryInward(view.Piece, address, port, out translated, out translatedPort);
        translated = Shifted(address, UInt128.Zero - view.Shift);
        translatedPort = (ushort)(port - view.PortShift);
        return true;
    }

    private static IpAddress Shifted(in IpAddress address, UInt128 shift) =>
        address.IsV4 ? IpAddress.V4((uint)address.Value + (uint)shift) : IpAddress.V6(address.Value + shift);
}
