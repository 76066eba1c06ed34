using System.Buffers.Binary;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>The silencer's rules as a person would write them, to be held against the program that the kernel runs.</summary>
internal sealed class SilencerModel(HashSet<IpAddress> own, HashSet<(IpAddress Address, byte Protocol, ushort Port)> gatewayPorts)
{
    /// <summary>Stands for the identifiers of both ICMPs in the set of ports; IANA keeps the number free.</summary>
    public const byte AnyIcmp = 255;

    /// <summary>Whether the kernel may see an Ethernet frame that came to the address 00:00:00:00:00:00.</summary>
    public bool Passes(ReadOnlySpan<byte> frame)
    {
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        if (frame[..6].ContainsAnyExcept((byte)0) || type is not (0x0800 or 0x86DD)) return true;
        ReadOnlySpan<byte> packet = frame[14..];
        return type == 0x0800 ? Passes4(packet) : Passes6(packet);
    }

    private bool Passes4(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 20 || packet[16] >= 224) return true;
        IpAddress to = IpAddress.FromBytes(packet.Slice(16, 4));
        if (!own.Contains(to)) return false;
        bool laterFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) != 0;
        int header = (packet[0] & 15) * 4;
        if (laterFragment || packet.Length < header + 8) return true;
        ReadOnlySpan<byte> transport = packet[header..];
        if (packet[9] != IpProtocol.Icmp) return !IsGateways(to, packet[9], transport[2..]);
        switch (transport[0])
        {
            case 0 or 14:
                return !IsGateways(to, AnyIcmp, transport[4..]);
            case 3 or 4 or 5 or 11 or 12:
                ReadOnlySpan<byte> quoted = transport[8..];
                if (quoted.Length < 20 || IpAddress.FromBytes(quoted.Slice(12, 4)) != to) return true;
                int quotedHeader = (quoted[0] & 15) * 4;
                if ((BinaryPrimitives.ReadUInt16BigEndian(quoted[6..]) & 0x1FFF) != 0 || quoted.Length < quotedHeader + 8) return true;
                return !QuotesGateway(to, quoted[9], quoted[quotedHeader..], IpProtocol.Icmp, echoRequest: 8);
            default:
                return true;
        }
    }

    private bool Passes6(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 40 || packet[24] == 0xFF || (packet[24] == 0xFE && packet[25] >> 6 == 2)) return true;
        IpAddress to = IpAddress.FromBytes(packet.Slice(24, 16));
        ReadOnlySpan<byte> transport = packet[40..];
        if (packet[6] == IpProtocol.IcmpV6 && (transport.Length < 8 || transport[0] is >= 133 and <= 137)) return true;
        if (!own.Contains(to)) return false;
        if (transport.Length < 8) return true;
        if (packet[6] != IpProtocol.IcmpV6) return !IsGateways(to, packet[6], transport[2..]);
        switch (transport[0])
        {
            case 129:
                return !IsGateways(to, AnyIcmp, transport[4..]);
            case >= 1 and <= 4:
                ReadOnlySpan<byte> quoted = transport[8..];
                if (quoted.Length < 48 || IpAddress.FromBytes(quoted.Slice(8, 16)) != to) return true;
                return !QuotesGateway(to, quoted[6], quoted[40..], IpProtocol.IcmpV6, echoRequest: 128);
            default:
                return true;
        }
    }

    private bool QuotesGateway(IpAddress from, byte protocol, ReadOnlySpan<byte> transport, byte icmp, byte echoRequest) =>
        protocol == icmp ? transport[0] == echoRequest && IsGateways(from, AnyIcmp, transport[4..]) : IsGateways(from, protocol, transport);

    private bool IsGateways(IpAddress address, byte protocol, ReadOnlySpan<byte> port) =>
        gatewayPorts.Contains((address, protocol, BinaryPrimitives.ReadUInt16BigEndian(port)));
}
