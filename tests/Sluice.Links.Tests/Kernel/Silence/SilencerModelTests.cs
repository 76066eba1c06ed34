using System.Buffers.Binary;
using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Silence;
using Sluice.Links.Native;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>Needs root. The loaded program is run by the kernel on made-up frames (BPF_PROG_TEST_RUN) and must agree with the model on each.</summary>
public sealed unsafe class SilencerModelTests : IDisposable
{
    private const int Seed = 20261122, Rounds = 60_000, TestRun = 10;
    private const ushort Port = 40000, HostPort = 8080;

    private static readonly IpAddress[] Own = [IpAddress.Parse("10.0.1.1"), IpAddress.Parse("fd00:1::1")];
    private static readonly IpAddress[] OwnWithoutPorts = [IpAddress.Parse("10.0.1.3"), IpAddress.Parse("fd00:1::3")];
    private static readonly string[] Destinations4 = ["10.0.1.1", "10.0.1.1", "10.0.1.1", "10.0.1.3", "10.0.1.2", "224.0.0.5", "255.255.255.255", "10.0.1.0"];
    private static readonly string[] Destinations6 = ["fd00:1::1", "fd00:1::1", "fd00:1::1", "fd00:1::3", "fd00:1::2", "ff02::1", "fe80::1", "fec0::1", "::ffff:10.0.1.1"];

    private readonly Random _random = new(Seed);
    private readonly OwnAddresses _own = new();
    private readonly HashSet<(IpAddress Address, byte Protocol, ushort Port)> _ports = [];
    private readonly int _counters;
    private readonly int _program;

    public SilencerModelTests()
    {
        _own.Set([.. Own, .. OwnWithoutPorts]);
        foreach (IpAddress address in Own)
        {
            foreach (byte protocol in new[] { IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.Icmp })
            {
                _own.PortBits(address, protocol)[Port >> 6] |= 1UL << Port;
                _own.PortBits(address, protocol)[HostPort >> 6] |= 1UL << HostPort;
                _own.HostBits(address, protocol)[HostPort >> 6] |= 1UL << HostPort;
                _own.PortBits(address, protocol)[0] |= 1;
                _own.PortBits(address, protocol)[1023] |= 1UL << 63;
                foreach (ushort port in new ushort[] { Port, 0, 65535 }) _ports.Add((address, protocol == IpProtocol.Icmp ? SilencerModel.AnyIcmp : protocol, port));
            }
        }

        _counters = BpfSystem.CreateMap(BpfSystem.MapTypePerCpuArray, 4, 8, 2, 0, "counters");
        _program = BpfSystem.LoadProgram(SilencerProgram.Build(_own.AddressMap, _own.BitMap, _counters, 14), "model");
    }

    public void Dispose()
    {
        Files.Close(_program);
        Files.Close(_counters);
        _own.Dispose();
    }

    [Fact]
    public void The_kernel_runs_the_rules_as_they_are_meant()
    {
        var model = new SilencerModel([.. Own, .. OwnWithoutPorts], _ports);
        int passed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] frame = Frame();
            bool expected = model.Passes(frame);
            if (expected) passed++;
            Assert.True(expected == Run(frame), $"seed {Seed}, round {round}, expected to {(expected ? "pass" : "drop")}: {Convert.ToHexString(frame)}");
        }

        // Both outcomes are met often, or the test would be about nothing.
        Assert.InRange(passed, Rounds / 10, Rounds * 9 / 10);
    }

    private bool Run(byte[] frame)
    {
        byte* attribute = stackalloc byte[128];
        new Span<byte>(attribute, 128).Clear();
        byte* output = stackalloc byte[512];
        fixed (byte* input = frame)
        {
            *(int*)attribute = _program;
            *(int*)(attribute + 8) = frame.Length;
            *(int*)(attribute + 12) = 512;
            *(byte**)(attribute + 16) = input;
            *(byte**)(attribute + 24) = output;
            *(int*)(attribute + 32) = 1;
            Assert.True(KernelCalls.SystemCall(BpfSystem.Number, TestRun, attribute, 128) == 0, $"{Errno.Describe(Errno.Last)}: {Convert.ToHexString(frame)}");
        }

        int verdict = *(int*)(attribute + 4);
        Assert.True(verdict is -1 or 2, $"verdict {verdict}");
        return verdict == -1;
    }

    private byte[] Frame()
    {
        bool v6 = _random.Next(2) == 0;
        byte[] frame = new byte[14];
        if (_random.Next(16) == 0) frame[0] = (byte)_random.Next(4);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), _random.Next(32) == 0 ? (ushort)0x0806 : v6 ? (ushort)0x86DD : (ushort)0x0800);
        frame = [.. frame, .. Packet(v6, inner: false)];

        // The kernel refuses to try a frame without a whole IP header.
        if (_random.Next(8) == 0) frame = frame[..Math.Max(v6 ? 54 : 34, _random.Next(frame.Length))];
        if (_random.Next(8) == 0) frame[_random.Next(14, frame.Length)] = (byte)_random.Next(256);
        return frame;
    }

    private byte[] Packet(bool v6, bool inner)
    {
        byte icmp = v6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        byte protocol = Any<byte>([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, icmp, icmp, icmp, 47, v6 ? IpProtocol.Icmp : IpProtocol.IcmpV6]);
        byte[] transport = protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 ? Icmp(v6, inner) : Ports();
        IpAddress near = IpAddress.Parse(Any(v6 ? Destinations6 : Destinations4)), far = IpAddress.Parse(v6 ? "2001:db8::9" : "192.0.2.9");
        if (inner) (near, far) = (far, _random.Next(4) == 0 ? near : Own[v6 ? 1 : 0]);
        byte[] header;
        if (v6)
        {
            header = new byte[40];
            header[0] = 0x60;
            header[6] = protocol;
            far.CopyTo(header.AsSpan(8));
            near.CopyTo(header.AsSpan(24));
        }
        else
        {
            int options = _random.Next(4) == 0 ? _random.Next(11) : 0;
            header = new byte[20 + options * 4];
            header[0] = (byte)(0x45 + options);
            if (_random.Next(6) == 0) BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), Any<ushort>([0x2000, 0x4000, 1, 0x2001, 0x1F00]));
            header[9] = protocol;
            far.CopyTo(header.AsSpan(12));
            near.CopyTo(header.AsSpan(16));
        }

        return [.. header, .. transport];
    }

    private byte[] Icmp(bool v6, bool inner)
    {
        byte type = v6
            ? Any<byte>([128, 129, 1, 2, 3, 4, 0, 5, 130, 132, 133, 135, 137, 138])
            : Any<byte>([8, 0, 3, 4, 5, 11, 12, 1, 2, 6, 13, 14]);
        byte[] header = [type, 0, 0, 0, .. Number(), 0, 1];
        return inner ? header : [.. header, .. Packet(v6, inner: true)];
    }

    private byte[] Ports() => [.. Number(), .. Number(), 0, 0, 0, 0, 0, 0];

    private byte[] Number()
    {
        byte[] number = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(number, Any<ushort>([Port, Port, Port, Port + 1, Port - 1, HostPort, 22, 0, 65535]));
        return number;
    }

    private T Any<T>(ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
