using static Sluice.Links.Kernel.Silence.BpfArithmetic;
using static Sluice.Links.Kernel.Silence.BpfRegister;
using static Sluice.Links.Kernel.Silence.BpfSize;
using static Sluice.Links.Kernel.Silence.BpfTest;

namespace Sluice.Links.Kernel.Silence;

/// <summary>The program at a link's ingress: decides which packets the kernel still gets to see. Packet sockets have had their copy already.</summary>
/// <remarks>
/// <code>
/// group or foreign Ethernet address, VLAN, not IP ............ pass
/// IP multicast or reserved, IPv6 link-local, ND .............. pass
/// to no address of the host .................................. drop (the gateway forwards or refuses it)
/// to an address of the host:
///   no port bits, later fragment, extension header ........... pass
///   TCP, UDP, SCTP whose destination port is the gateway's ... drop
///   echo reply whose identifier is the gateway's ............. drop
///   ICMP error that quotes a packet of the gateway ........... drop
///   else ..................................................... pass
/// </code>
/// A port is the gateway's when its gateway bit is set and its host bit is not.
/// </remarks>
internal sealed class SilencerProgram
{
    // struct __sk_buff of linux/bpf.h.
    private const int PacketType = 4, Protocol = 16, VlanPresent = 20, VlanTag = 24;

    // skb->protocol as a little-endian machine loads it.
    private const int EtherIpv4 = 0x0008, EtherIpv6 = 0xDD86;

    // TCX_NEXT lets programs of others, attached after ours, have their say.
    private const int Next = -1, Drop = 2;

    // The stack, from the frame's end: the key of the address map, a map index, the first 8 transport bytes, a network header.
    private const int Key = -24, Index = -32, Transport = -40, Header = -80;

    private readonly BpfAssembler _code = new();
    private readonly int _addresses;
    private readonly int _bits;
    private readonly int _counters;
    private readonly int _linkHeaderLength;

    private SilencerProgram(int addresses, int bits, int counters, int linkHeaderLength)
    {
        _addresses = addresses;
        _bits = bits;
        _counters = counters;
        _linkHeaderLength = linkHeaderLength;
    }

    /// <summary>Assembles the program for three maps (see <see cref="OwnAddresses"/> and <see cref="Silencer"/>).</summary>
    /// <param name="addresses">Descriptor of the hash map from the host's addresses to places in the bit map, from 1; 0 for none.</param>
    /// <param name="bits">Descriptor of the array of port bits.</param>
    /// <param name="counters">Descriptor of the per-CPU array of drops: foreign, then ours.</param>
    /// <param name="linkHeaderLength">14 with Ethernet, else 0.</param>
    public static ulong[] Build(int addresses, int bits, int counters, int linkHeaderLength) =>
        new SilencerProgram(addresses, bits, counters, linkHeaderLength).Build();

    // R6: the packet's context. R7: where the transport header begins, then the port. R8: the protocol, then its number in the bit map.
    // R9: the fragment offset, then the address's place in the bit map.
    private ulong[] Build()
    {
        Sort();
        Ipv4();
        Ipv6();
        Ports();
        Icmp();
        IcmpV6();
        Verdict();
        return _code.Assemble();
    }

    private void Sort()
    {
        _code.Move(R6, R1);
        _code.Load(Bits32, R2, R6, PacketType);
        _code.JumpIf(R2, NotEqual, 0, "pass");
        _code.Load(Bits32, R2, R6, VlanPresent);
        _code.JumpIf(R2, Equal, 0, "untagged");

        // A tag with number 0 is a priority only: the kernel takes the frame as untagged, and so does this program.
        _code.Load(Bits32, R2, R6, VlanTag);
        _code.JumpIf(R2, AnyBit, 0xFFF, "pass");
        _code.Label("untagged");
        _code.Store(Bits64, Frame, Key, 0);
        _code.Store(Bits64, Frame, Key + 8, 0);
        _code.Store(Bits32, Frame, Key + 16, 0);
        _code.Load(Bits32, R2, R6, Protocol);
        _code.JumpIf(R2, Equal, EtherIpv4, "ipv4");
        _code.JumpIf(R2, Equal, EtherIpv6, "ipv6");
        _code.Jump("pass");
    }

    private void Ipv4()
    {
        _code.Label("ipv4");
        _code.Move(R7, 0);
        LoadPacket(Header, 20);
        _code.Load(Bits8, R2, Frame, Header + 16);
        _code.JumpIf(R2, AtLeast, 224, "pass");
        _code.Load(Bits32, R2, Frame, Header + 16);
        _code.Store(Bits32, Frame, Key, OwnAddresses.KeyV4);
        _code.Store(Bits32, Frame, Key + 4, R2);
        Ipv4HeaderLength(R7);
        _code.Load(Bits8, R8, Frame, Header + 9);
        _code.Load(Bits16, R9, Frame, Header + 6);
        _code.FromNetworkOrder16(R9);
        _code.Calculate(And, R9, 0x1FFF);
        FindOwnAddress();

        // Each family has its own ICMP; the other's number in it is any other protocol.
        _code.JumpIf(R8, Equal, 58, "pass");
        _code.JumpIf(R9, NotEqual, 0, "pass");
        _code.Load(Bits32, R9, R0, 0);
        _code.Jump("own");
    }

    private void Ipv6()
    {
        _code.Label("ipv6");
        _code.Move(R7, 0);
        LoadPacket(Header, 40);
        _code.Load(Bits8, R8, Frame, Header + 6);
        _code.Load(Bits8, R2, Frame, Header + 24);
        _code.JumpIf(R2, Equal, 0xFF, "pass");
        _code.JumpIf(R2, NotEqual, 0xFE, "not link-local");
        _code.Load(Bits8, R2, Frame, Header + 25);
        _code.Calculate(And, R2, 0xC0);
        _code.JumpIf(R2, Equal, 0x80, "pass");
        _code.Label("not link-local");
        _code.Store(Bits32, Frame, Key, OwnAddresses.KeyV6);
        for (int word = 0; word < 16; word += 4)
        {
            _code.Load(Bits32, R2, Frame, Header + 24 + word);
            _code.Store(Bits32, Frame, Key + 4 + word, R2);
        }

        // Neighbour and router discovery: types 133 to 137 (RFC 4861 section 4).
        _code.Move(R7, 40);
        _code.JumpIf(R8, NotEqual, 58, "not discovery");
        LoadPacket(Transport, 8);
        _code.Load(Bits8, R2, Frame, Transport);
        _code.JumpIf(R2, Less, 133, "not discovery");
        _code.JumpIf(R2, Less, 138, "pass");
        _code.Label("not discovery");
        FindOwnAddress();
        _code.JumpIf(R8, Equal, 1, "pass");
        _code.Load(Bits32, R9, R0, 0);
    }

    private void Ports()
    {
        _code.Label("own");
        _code.JumpIf(R9, Equal, 0, "pass");
        LoadPacket(Transport, 8);
        _code.JumpIf(R8, Equal, 1, "icmp");
        _code.JumpIf(R8, Equal, 58, "icmpv6");
        _code.Load(Bits16, R7, Frame, Transport + 2);
        _code.Label("port");
        _code.JumpIf(R8, Equal, 6, "tcp");
        _code.JumpIf(R8, Equal, 17, "udp");
        _code.JumpIf(R8, NotEqual, 132, "pass");
        _code.Move(R8, OwnAddresses.SctpNumber);
        _code.Jump("test");
        _code.Label("tcp");
        _code.Move(R8, OwnAddresses.TcpNumber);
        _code.Jump("test");
        _code.Label("udp");
        _code.Move(R8, OwnAddresses.UdpNumber);
        _code.Jump("test");
        _code.Label("identifier");
        _code.Load(Bits16, R7, Frame, Transport + 4);
        _code.Move(R8, OwnAddresses.IcmpNumber);
        _code.Jump("test");
    }

    // Echo and timestamp replies by identifier; errors (unreachable, quench, redirect, time exceeded, parameter problem) by what they quote.
    private void Icmp()
    {
        _code.Label("icmp");
        _code.Load(Bits8, R2, Frame, Transport);
        _code.JumpIf(R2, Equal, 0, "identifier");
        _code.JumpIf(R2, Equal, 14, "identifier");
        _code.JumpIf(R2, Equal, 11, "quoted ipv4");
        _code.JumpIf(R2, Equal, 12, "quoted ipv4");
        _code.JumpIf(R2, Less, 3, "pass");
        _code.JumpIf(R2, Greater, 5, "pass");
        _code.Label("quoted ipv4");
        _code.Calculate(Add, R7, 8);
        LoadPacket(Header, 20);
        _code.Load(Bits32, R2, Frame, Header + 12);
        _code.Load(Bits32, R3, Frame, Key + 4);
        _code.JumpIf(R2, NotEqual, R3, "pass");
        _code.Load(Bits16, R2, Frame, Header + 6);
        _code.FromNetworkOrder16(R2);
        _code.JumpIf(R2, AnyBit, 0x1FFF, "pass");
        Ipv4HeaderLength(R2);
        _code.Calculate(Add, R7, R2);
        _code.Load(Bits8, R8, Frame, Header + 9);
        QuotedTransport(icmp: 1, echoRequest: 8);
    }

    private void IcmpV6()
    {
        _code.Label("icmpv6");
        _code.Load(Bits8, R2, Frame, Transport);
        _code.JumpIf(R2, Equal, 129, "identifier");
        _code.JumpIf(R2, Equal, 0, "pass");
        _code.JumpIf(R2, Greater, 4, "pass");
        _code.Calculate(Add, R7, 8);
        LoadPacket(Header, 40);
        for (int word = 0; word < 16; word += 4)
        {
            _code.Load(Bits32, R2, Frame, Header + 8 + word);
            _code.Load(Bits32, R3, Frame, Key + 4 + word);
            _code.JumpIf(R2, NotEqual, R3, "pass");
        }

        _code.Calculate(Add, R7, 40);
        _code.Load(Bits8, R8, Frame, Header + 6);
        QuotedTransport(icmp: 58, echoRequest: 128);
    }

    // What an error quotes was sent by us: its source port is the one to look up.
    private void QuotedTransport(int icmp, int echoRequest)
    {
        string notIcmp = $"quoted not {icmp}";
        LoadPacket(Transport, 8);
        _code.JumpIf(R8, NotEqual, icmp, notIcmp);
        _code.Load(Bits8, R2, Frame, Transport);
        _code.JumpIf(R2, Equal, echoRequest, "identifier");
        _code.Jump("pass");
        _code.Label(notIcmp);
        _code.Load(Bits16, R7, Frame, Transport);
        _code.Jump("port");
    }

    // Place of a bit line: ((address - 1) * protocols + protocol) * 2, the host's line after the gateway's.
    private void Verdict()
    {
        _code.Label("test");
        _code.FromNetworkOrder16(R7);
        _code.Calculate(Add, R9, -1);
        _code.Calculate(ShiftLeft, R9, OwnAddresses.ProtocolShift);
        _code.Calculate(Add, R9, R8);
        _code.Calculate(ShiftLeft, R9, 1);
        LoadPortBit();
        _code.JumpIf(R1, Equal, 0, "pass");
        _code.Calculate(Add, R9, 1);
        LoadPortBit();
        _code.JumpIf(R1, NotEqual, 0, "pass");
        _code.Move(R1, Silencer.OursCounter);
        _code.Jump("count");
        _code.Label("foreign");
        _code.Move(R1, Silencer.ForeignCounter);
        _code.Label("count");
        _code.Store(Bits32, Frame, Index, R1);
        Lookup(_counters, Index);
        _code.JumpIf(R0, Equal, 0, "drop");
        _code.Load(Bits64, R1, R0, 0);
        _code.Calculate(Add, R1, 1);
        _code.Store(Bits64, R0, 0, R1);
        _code.Label("drop");
        _code.Move(R0, Drop);
        _code.Exit();
        _code.Label("pass");
        _code.Move(R0, Next);
        _code.Exit();
    }

    /// <summary>R1 becomes bit R7 of line R9.</summary>
    private void LoadPortBit()
    {
        _code.Store(Bits32, Frame, Index, R9);
        Lookup(_bits, Index);
        _code.JumpIf(R0, Equal, 0, "pass");
        _code.Move(R2, R7);
        _code.Calculate(ShiftRight, R2, 3);
        _code.Calculate(And, R2, OwnAddresses.LineBytes - 1);
        _code.Calculate(Add, R0, R2);
        _code.Load(Bits8, R1, R0, 0);
        _code.Move(R2, R7);
        _code.Calculate(And, R2, 7);
        _code.Calculate(ShiftRight, R1, R2);
        _code.Calculate(And, R1, 1);
    }

    /// <summary>R0 becomes the value of the address in the key; no such address: dropped as foreign.</summary>
    private void FindOwnAddress()
    {
        Lookup(_addresses, Key);
        _code.JumpIf(R0, Equal, 0, "foreign");
    }

    private void Lookup(int map, int key)
    {
        _code.LoadMap(R1, map);
        _code.Move(R2, Frame);
        _code.Calculate(Add, R2, key);
        _code.Call(BpfHelper.MapLookup);
    }

    /// <summary>Copies bytes at R7 behind the link header to the stack, wherever the kernel keeps them; a packet that is too short passes, for the kernel drops it.</summary>
    private void LoadPacket(int to, int length)
    {
        _code.Move(R1, R6);
        _code.Move(R2, R7);
        _code.Calculate(Add, R2, _linkHeaderLength);
        _code.Move(R3, Frame);
        _code.Calculate(Add, R3, to);
        _code.Move(R4, length);
        _code.Call(BpfHelper.SkbLoadBytes);
        _code.JumpIf(R0, NotEqual, 0, "pass");
    }

    private void Ipv4HeaderLength(BpfRegister to)
    {
        _code.Load(Bits8, to, Frame, Header);
        _code.Calculate(And, to, 15);
        _code.Calculate(ShiftLeft, to, 2);
    }
}
