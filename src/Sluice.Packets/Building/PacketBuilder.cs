using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

/// <summary>Builds one packet as bytes, for tests, scenarios and warm-up. Lengths and checksums are right unless a field is broken on purpose.</summary>
/// <example><c>PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80, TcpFlag.Syn).Payload(100).Build()</c></example>
public sealed partial class PacketBuilder
{
    private MacAddress _destinationMac;
    private MacAddress _sourceMac;
    private bool _ethernet;
    private readonly List<ushort> _tags = [];
    private ushort? _etherType;
    private byte[]? _body;
    private int? _cutLength;
    private int _padding;

    private PacketBuilder()
    {
    }

    /// <summary>An IP packet; the family is that of the addresses.</summary>
    public static PacketBuilder Ip(string source, string destination) => Ip(IpAddress.Parse(source), IpAddress.Parse(destination));

    /// <summary>An IP packet; the family is that of the addresses.</summary>
    /// <exception cref="ArgumentException">The addresses are of different families.</exception>
    public static PacketBuilder Ip(IpAddress source, IpAddress destination)
    {
        if (source.Family != destination.Family) throw new ArgumentException("Both addresses of a packet are of one family.", nameof(destination));
        return new PacketBuilder { _source = source, _destination = destination };
    }

    /// <summary>An ARP packet. Give it an <see cref="Ethernet(MacAddress, MacAddress)"/> header.</summary>
    public static PacketBuilder Arp(int operation, MacAddress senderMac, IpAddress sender, MacAddress targetMac, IpAddress target)
    {
        byte[] body = [0, 1, 8, 0, 6, 4, 0, (byte)operation, .. new byte[20]];
        senderMac.CopyTo(body.AsSpan(8));
        sender.CopyTo(body.AsSpan(14));
        targetMac.CopyTo(body.AsSpan(18));
        target.CopyTo(body.AsSpan(24));
        return new PacketBuilder { _body = body, _etherType = new Be16(EtherType.Arp).Value };
    }

    /// <summary>A frame of another Ethernet type.</summary>
    /// <param name="etherType">The type as a number, e.g. 0x88CC.</param>
    /// <param name="body">What follows the Ethernet header.</param>
    public static PacketBuilder Frame(ushort etherType, byte[] body) => new() { _body = body, _etherType = etherType };

    /// <summary>Puts an Ethernet header before the packet.</summary>
    public PacketBuilder Ethernet(MacAddress destination, MacAddress source)
    {
        _ethernet = true;
        _destinationMac = destination;
        _sourceMac = source;
        return this;
    }

    /// <summary>Puts an Ethernet header before the packet.</summary>
    public PacketBuilder Ethernet(string destination, string source) => Ethernet(MacAddress.Parse(destination), MacAddress.Parse(source));

    /// <summary>Adds an 802.1Q tag; the first one given is the outermost.</summary>
    /// <param name="tag">Priority, drop eligibility and VLAN identifier.</param>
    public PacketBuilder Vlan(ushort tag)
    {
        _tags.Add(tag);
        return this;
    }

    /// <summary>Writes another Ethernet type than the packet's.</summary>
    public PacketBuilder WithEtherType(ushort etherType)
    {
        _etherType = etherType;
        return this;
    }

    /// <summary>Adds bytes after the packet, as Ethernet does with short ones.</summary>
    public PacketBuilder Padding(int bytes)
    {
        _padding = bytes;
        return this;
    }

    /// <summary>Cuts the finished frame to a length; the headers still announce the whole.</summary>
    public PacketBuilder CutTo(int length)
    {
        _cutLength = length;
        return this;
    }

    /// <summary>The bytes.</summary>
    public byte[] Build()
    {
        byte[] packet = _body ?? BuildIp();
        byte[] frame = [.. LinkHeader(), .. packet, .. new byte[_padding]];
        return _cutLength is { } length ? frame[..length] : frame;
    }

    private byte[] LinkHeader()
    {
        if (!_ethernet) return [];
        byte[] header = new byte[EthernetHeader.Bytes + VlanHeader.Bytes * _tags.Count];
        _destinationMac.CopyTo(header);
        _sourceMac.CopyTo(header.AsSpan(6));
        int at = 12;
        foreach (ushort tag in _tags)
        {
            Put16(header, at, 0x8100);
            Put16(header, at + 2, tag);
            at += VlanHeader.Bytes;
        }

        Put16(header, at, _etherType ?? (_source.IsV4 ? 0x0800 : 0x86DD));
        return header;
    }

    private static void Put16(Span<byte> bytes, int at, int value) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)value);

    private static void Put32(Span<byte> bytes, int at, uint value) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], value);
}
