using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>Writes Ethernet headers before packets that the gateway makes.</summary>
public static unsafe class LinkHeader
{
    /// <summary>The longest header: Ethernet with one tag.</summary>
    public const int MaximumBytes = EthernetHeader.Bytes + VlanHeader.Bytes;

    /// <summary>Writes a header and returns its length.</summary>
    /// <param name="at">Room for <see cref="MaximumBytes"/>.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="source">Source address.</param>
    /// <param name="etherType">One of <see cref="EtherType"/>.</param>
    /// <param name="vlanTag">The 802.1Q tag control information; 0: no tag.</param>
    public static int Write(byte* at, MacAddress destination, MacAddress source, ushort etherType, ushort vlanTag = 0)
    {
        var header = (EthernetHeader*)at;
        header->Destination = MacField.From(destination);
        header->Source = MacField.From(source);
        if (vlanTag == 0)
        {
            header->Type = etherType;
            return EthernetHeader.Bytes;
        }

        header->Type = EtherType.Vlan;
        ((Be16*)(at + EthernetHeader.Bytes))[0] = Be16.From(vlanTag);
        ((ushort*)(at + EthernetHeader.Bytes))[1] = etherType;
        return MaximumBytes;
    }
}
