using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;
using Xunit;

namespace Sluice.Packets.Tests.Making;

public sealed unsafe class IcmpErrorTests
{
    private static PacketBuilder Ip4 => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");

    private static PacketBuilder Ip6 => PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    private static MadePacket.Maker Error(IcmpErrorKind kind, int detail = 0, string? source = null) => (at, capacity, original) =>
    {
        bool v4 = original->Data[original->L3] >> 4 == 4;
        IpAddress from = IpAddress.Parse(source ?? (v4 ? "10.0.0.1" : "2001:db8::1"));
        return IcmpError.Write(at, capacity, original, from, kind, detail);
    };

    [Theory]
    [InlineData(IcmpErrorKind.NoRoute, "unreachable 0")]
    [InlineData(IcmpErrorKind.HostUnreachable, "unreachable 1")]
    [InlineData(IcmpErrorKind.PortUnreachable, "unreachable 3")]
    [InlineData(IcmpErrorKind.Prohibited, "unreachable 13")]
    [InlineData(IcmpErrorKind.TooBig, "too big mtu 1400")]
    [InlineData(IcmpErrorKind.TimeExceeded, "time exceeded 0")]
    [InlineData(IcmpErrorKind.ReassemblyTimeExceeded, "time exceeded 1")]
    [InlineData(IcmpErrorKind.ParameterProblem, "parameter problem 0")]
    public void Every_kind_is_told_over_IPv4(IcmpErrorKind kind, string text)
    {
        byte[] made = MadePacket.About(Ip4.Udp(5000, 53).Payload(40).Build(), Error(kind, 1400));
        Assert.Equal($"10.0.0.1 > 10.0.0.5 icmp {text} [10.0.0.5:5000 > 198.51.100.7:53 udp] ttl 64", MadePacket.Text(made));
    }

    [Theory]
    [InlineData(IcmpErrorKind.NoRoute, "unreachable 0")]
    [InlineData(IcmpErrorKind.HostUnreachable, "unreachable 3")]
    [InlineData(IcmpErrorKind.PortUnreachable, "unreachable 4")]
    [InlineData(IcmpErrorKind.Prohibited, "unreachable 1")]
    [InlineData(IcmpErrorKind.TooBig, "too big mtu 1400")]
    [InlineData(IcmpErrorKind.TimeExceeded, "time exceeded 0")]
    [InlineData(IcmpErrorKind.ReassemblyTimeExceeded, "time exceeded 1")]
    [InlineData(IcmpErrorKind.ParameterProblem, "parameter problem 0")]
    public void Every_kind_is_told_over_IPv6(IcmpErrorKind kind, string text)
    {
        byte[] made = MadePacket.About(Ip6.Udp(5000, 53).Payload(40).Build(), Error(kind, 1400));
        Assert.Equal($"2001:db8::1 > 2001:db8::5 icmp6 {text} [[2001:db8::5]:5000 > [2001:db8:1::7]:53 udp] ttl 64", MadePacket.Text(made));
    }

    [Fact]
    public void The_pointer_stands_where_each_family_wants_it()
    {
        byte[] v4 = MadePacket.About(Ip4.Udp(1, 2).Build(), Error(IcmpErrorKind.ParameterProblem, 20));
        byte[] v6 = MadePacket.About(Ip6.Udp(1, 2).Build(), Error(IcmpErrorKind.ParameterProblem, 40));
        Assert.Equal([20, 0, 0, 0], v4[24..28]);
        Assert.Equal([0, 0, 0, 40], v6[44..48]);
    }

    [Theory]
    [InlineData(40, 20 + 8 + 68)]
    [InlineData(520, 576)]
    [InlineData(521, 576)]
    [InlineData(9000, 576)]
    public void As_much_as_fits_in_576_bytes_is_quoted_over_IPv4(int payload, int length)
    {
        byte[] original = Ip4.Udp(5000, 53).Payload(payload).Build();
        byte[] made = MadePacket.About(original, Error(IcmpErrorKind.TimeExceeded));
        Assert.Equal(length, made.Length);
        Assert.Equal(original[..(length - 28)], made[28..]);
    }

    [Theory]
    [InlineData(40, 40 + 8 + 88)]
    [InlineData(1184, 1280)]
    [InlineData(1185, 1280)]
    [InlineData(9000, 1280)]
    public void As_much_as_fits_in_1280_bytes_is_quoted_over_IPv6(int payload, int length)
    {
        byte[] original = Ip6.Udp(5000, 53).Payload(payload).Build();
        byte[] made = MadePacket.About(original, Error(IcmpErrorKind.TimeExceeded));
        Assert.Equal(length, made.Length);
        Assert.Equal(original[..(length - 48)], made[48..]);
    }

    [Fact]
    public void Padding_is_not_quoted() =>
        Assert.Equal(56, MadePacket.About(Ip4.Udp(1, 2).Padding(18).Build(), Error(IcmpErrorKind.TimeExceeded)).Length);

    [Theory]
    [InlineData(0)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(100)]
    public void A_small_buffer_shortens_the_quote_or_refuses(int capacity)
    {
        byte[] made = MadePacket.About(Ip4.Udp(1, 2).Payload(300).Build(), Error(IcmpErrorKind.TimeExceeded), capacity);
        Assert.Equal(capacity < 48 ? 0 : capacity, made.Length);
    }

    public static TheoryData<string, byte[], bool> Questions()
    {
        byte[] udp4 = Ip4.Udp(1, 2).Payload(40).Build();
        byte[] udp6 = Ip6.Udp(1, 2).Payload(40).Build();
        return new TheoryData<string, byte[], bool>
        {
            { "udp", udp4, true },
            { "udp over IPv6", udp6, true },
            { "ping", Ip4.Echo(1).Build(), true },
            { "ping over IPv6", Ip6.Echo(1).Build(), true },
            { "sctp", Ip4.Sctp(5000, 80).Build(), true },
            { "sctp over IPv6", Ip6.Sctp(5000, 80).Build(), true },
            { "first fragment", Fragments.Of(udp4, 16)[0], true },
            { "first fragment over IPv6", Fragments.Of(udp6, 16)[0], true },
            { "later fragment", Fragments.Of(udp4, 16)[1], false },
            { "later fragment over IPv6", Fragments.Of(udp6, 16)[1], false },
            { "error", Ip4.Error(3, 1, udp4).Build(), false },
            { "error over IPv6", Ip6.Error(1, 1, udp6).Build(), false },
            { "error in a first fragment", Fragments.Of(Ip4.Error(3, 1, udp4).Build(), 16)[0], false },
            { "error in a first fragment over IPv6", Fragments.Of(Ip6.Error(1, 1, udp6).Build(), 16)[0], false },
            { "redirect", Ip4.Error(5, 1, udp4).Build(), false },
            { "source quench", Ip4.Error(4, 0, udp4).Build(), false },
            { "unknown error over IPv6", Ip6.Icmp(100).Build(), false },
            { "unknown information over IPv6", Ip6.Icmp(200).Build(), true },
            { "neighbour discovery", Ip6.NeighborSolicitation(IpAddress.Parse("2001:db8::9"), default).Build(), false },
            { "to a group", PacketBuilder.Ip("10.0.0.5", "224.0.0.251").Udp(1, 2).Build(), false },
            { "to a group over IPv6", PacketBuilder.Ip("2001:db8::5", "ff02::fb").Udp(1, 2).Build(), false },
            { "to all", PacketBuilder.Ip("10.0.0.5", "255.255.255.255").Udp(1, 2).Build(), false },
            { "from nobody", PacketBuilder.Ip("0.0.0.0", "198.51.100.7").Udp(1, 2).Build(), false },
            { "from nobody over IPv6", PacketBuilder.Ip("::", "2001:db8:1::7").Udp(1, 2).Build(), false },
            { "from a reserved address", PacketBuilder.Ip("240.0.0.1", "198.51.100.7").Udp(1, 2).Build(), false },
            { "bad", Ip4.Udp(1, 2).WithBadHeaderChecksum().Build(), false },
        };
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void Errors_are_made_only_about_what_one_station_sent_to_another(string what, byte[] bytes, bool answered)
    {
        Assert.NotEmpty(what);
        fixed (byte* data = bytes)
        {
            var packet = new Packet { Data = data, Length = bytes.Length };
            PacketParser.Parse(&packet, LinkFrame.Raw);
            Assert.Equal(answered, IcmpError.MayAnswer(&packet));
            packet.Flags |= PacketFlags.LinkMulticast;
            Assert.False(IcmpError.MayAnswer(&packet));
        }
    }

    [Fact]
    public void A_made_error_never_asks_for_another()
    {
        byte[] made = MadePacket.About(Ip4.Udp(1, 2).Build(), Error(IcmpErrorKind.TimeExceeded));
        Assert.Equal(PacketKind.Error4, Parsed.Ip(made).Kind);
        Assert.True(made[0] == Ipv4Header.Plain && made[1] == 0xC0);
    }
}
