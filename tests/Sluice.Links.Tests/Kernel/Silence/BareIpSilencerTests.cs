using Sluice.Links.Kernel.Silence;
using Sluice.Links.Native;
using Sluice.Links.Tun;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>Needs root. An interface without Ethernet: what is written to its descriptor is received by the kernel.</summary>
public sealed unsafe class BareIpSilencerTests
{
    [Fact]
    public void An_interface_of_bare_ip_packets_is_silenced_too()
    {
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        int tun = place.Run(() => TunDevice.Open("tun0", multiQueue: false));
        place.Shell("ip link set tun0 up; ip address add 10.0.1.1/24 dev tun0; sysctl -qw net.ipv4.icmp_ratemask=0");
        IpAddress own = IpAddress.Parse("10.0.1.1");
        using OwnAddresses addresses = new();
        addresses.Set([own]);
        using Silencer silencer = place.Run(() => Silencer.Attach(addresses, place.IndexOf("tun0"), "tun0", hasEthernet: false));
        addresses.PortBits(own, IpProtocol.Udp)[7000 >> 6] |= 1UL << 7000;

        // From 10.0.1.2: UDP to a port of the gateway, to a port of nobody, and to another address.
        Write(tun, 1, 7000);
        Assert.Equal(new SilencedPackets(0, 1), silencer.Count());
        Write(tun, 1, 7001);
        Assert.Equal(new SilencedPackets(0, 1), silencer.Count());
        Write(tun, 9, 7000);
        Assert.Equal(new SilencedPackets(1, 1), silencer.Count());
        Assert.Contains("1 ICMP messages sent", place.Shell("nstat -asz IcmpOutDestUnreachs | awk '/DestUnreach/ {print $2, \"ICMP messages sent\"}'"));
        Files.Close(tun);
    }

    private static void Write(int tun, byte host, ushort port)
    {
        byte[] packet =
        [
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // no offload
            0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 1, 2, 10, 0, 1, host,
            0x13, 0x88, (byte)(port >> 8), (byte)port, 0, 9, 0, 0, 1,
        ];
        uint sum = 0;
        for (int i = 10; i < 30; i += 2) sum += (uint)(packet[i] << 8 | packet[i + 1]);
        sum = ~((sum & 0xFFFF) + (sum >> 16));
        (packet[20], packet[21]) = ((byte)(sum >> 8), (byte)sum);
        fixed (byte* bytes = packet) Assert.Equal(packet.Length, Files.Write(tun, bytes, (nuint)packet.Length));
    }
}
