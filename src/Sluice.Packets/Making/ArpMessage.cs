using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>Writes ARP packets (RFC 826), without their Ethernet header.</summary>
public static unsafe class ArpMessage
{
    /// <summary>Writes a request for the holder of <paramref name="target"/> and returns its length.</summary>
    /// <param name="at">Room for <see cref="ArpHeader.Bytes"/>.</param>
    /// <param name="senderMac">Our Ethernet address.</param>
    /// <param name="sender">Our address; unspecified in a probe (RFC 5227).</param>
    /// <param name="target">Whose Ethernet address is wanted.</param>
    public static int WriteRequest(byte* at, MacAddress senderMac, in IpAddress sender, in IpAddress target) =>
        Write(at, ArpHeader.Request, senderMac, sender.ToNetworkWord(), default, target.ToNetworkWord());

    /// <summary>Writes the reply to a parsed request and returns its length: its target address is at <paramref name="mac"/>.</summary>
    /// <param name="at">Room for <see cref="ArpHeader.Bytes"/>.</param>
    /// <param name="request">A packet of kind <see cref="PacketKind.Arp"/>.</param>
    /// <param name="mac">Our Ethernet address.</param>
    public static int WriteReply(byte* at, Packet* request, MacAddress mac) =>
        Write(at, ArpHeader.Reply, mac, request->Arp->TargetAddress, request->Arp->SenderMac.Address, request->Arp->SenderAddress);

    private static int Write(byte* at, int operation, MacAddress senderMac, uint sender, MacAddress targetMac, uint target)
    {
        var arp = (ArpHeader*)at;
        *(ulong*)at = ArpHeader.EthernetIpv4;
        arp->Operation = Be16.From(operation);
        arp->SenderMac = MacField.From(senderMac);
        arp->SenderAddress = sender;
        arp->TargetMac = MacField.From(targetMac);
        arp->TargetAddress = target;
        return ArpHeader.Bytes;
    }
}
