using Sluice.Config.Documents;
using Sluice.Dataplane.Tests.Engine;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;

namespace Sluice.Scenarios;

/// <summary>Frames of the packets that a scenario writes, as a neighbour on the link would send them.</summary>
internal static class FrameMaker
{
    private static readonly MacAddress Neighbor = MacAddress.Parse("02:00:00:00:77:01");

    /// <summary>Whether a link's packets have an Ethernet header.</summary>
    public static bool IsEthernet(LinkSpec link) => link.Driver != LinkDriver.Tun;

    /// <summary>The bytes of a packet that comes in.</summary>
    /// <param name="link">Its link.</param>
    /// <param name="order">The link's place in the configuration, from 0: what its address is made from where none is given.</param>
    /// <param name="line">The packet's line with values in place of names.</param>
    /// <param name="extras">What is said of its frame.</param>
    public static byte[] Make(LinkSpec link, int order, string line, string[] extras)
    {
        if (line.StartsWith("hex ", StringComparison.Ordinal)) return Convert.FromHexString(line[4..].Replace(" ", "", StringComparison.Ordinal));
        MacAddress from = Extra(extras, "from") is { } given ? MacAddress.Parse(given) : Neighbor;
        MacAddress own = link.Mac ?? new MacAddress(0x0200_0000_0001UL + (ulong)order);
        string[] words = line.Split(' ');
        PacketBuilder packet;
        if (words[0] == "arp")
        {
            // arp who has TARGET tell SENDER
            packet = PacketBuilder.Arp(1, from, IpAddress.Parse(words[5]), default, IpAddress.Parse(words[3]));
            own = MacAddress.Broadcast;
        }
        else if (line.Contains(" neighbor solicitation ", StringComparison.Ordinal))
        {
            packet = PacketBuilder.Ip(words[0], words[2]).NeighborSolicitation(IpAddress.Parse(words[6]), from);
        }
        else
        {
            packet = PacketScript.Parse(line);
        }

        if (!IsEthernet(link)) return packet.Build();
        packet.Ethernet(Extra(extras, "to") is { } to ? MacAddress.Parse(to) : own, from);
        int vlan = link.Vlan ?? 0;
        if (Extra(extras, "vlan") is { } tag) vlan = int.Parse(tag, System.Globalization.CultureInfo.InvariantCulture);
        if (vlan != 0) packet.Vlan((ushort)vlan);
        return packet.Build();
    }

    private static string? Extra(string[] extras, string name)
    {
        int at = Array.IndexOf(extras, name);
        return at < 0 ? null : extras[at + 1];
    }
}
