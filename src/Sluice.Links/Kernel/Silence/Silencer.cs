using System.Buffers.Binary;
using System.Globalization;
using Sluice.Links.Native;
using static Sluice.Links.Kernel.KernelCalls;

namespace Sluice.Links.Kernel.Silence;

/// <summary>Packets that a silencer kept from the kernel.</summary>
/// <param name="Foreign">To no address of the host: the kernel would have forwarded or refused them.</param>
/// <param name="Ours">To an address of the host, but to a port of the gateway: the kernel would have reset them.</param>
public readonly record struct SilencedPackets(ulong Foreign, ulong Ours);

/// <summary>Keeps the kernel from acting on the gateway's packets on one link, while a packet socket still receives them all.</summary>
/// <remarks>
/// A BPF program at the interface's tcx ingress, held by a BPF link. Packet sockets are served before tcx. The kernel detaches the program when the last
/// descriptor is closed, so it goes with the process, however that ends.
/// </remarks>
public sealed class Silencer : IDisposable
{
    internal const int ForeignCounter = 0, OursCounter = 1;

    private const int EthernetHeaderLength = 14;

    private readonly int _possibleProcessors = ReadPossibleProcessors();
    private int _counters;
    private int _program;
    private int _link;

    private Silencer(int counters, int program, int link)
    {
        _counters = counters;
        _program = program;
        _link = link;
    }

    /// <summary>Silences the kernel on an interface of the calling thread's namespace.</summary>
    /// <param name="own">The host's addresses in the link's realm. Fill it first: until it holds an address, the kernel doesn't see packets to it.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="hasEthernet">Whether its frames start with an Ethernet header.</param>
    /// <exception cref="LinkException">bpf(2) is not permitted, the kernel has no tcx (before 6.6), or there is no such interface.</exception>
    public static Silencer Attach(OwnAddresses own, int interfaceIndex, string name, bool hasEthernet = true)
    {
        int counters = BpfSystem.CreateMap(BpfSystem.MapTypePerCpuArray, 4, 8, 2, 0, "sluice_silenced");
        int program = -1;
        try
        {
            ulong[] code = SilencerProgram.Build(own.AddressMap, own.BitMap, counters, hasEthernet ? EthernetHeaderLength : 0);
            program = BpfSystem.LoadProgram(code, "sluice_silencer");
            int link = BpfSystem.AttachTcx(program, interfaceIndex);
            if (link < 0) throw new LinkException($"cannot silence the kernel on {name}: {Explain(-link)}");
            var silencer = new Silencer(counters, program, link);
            counters = program = -1;
            return silencer;
        }
        finally
        {
            Files.Close(counters);
            Files.Close(program);
        }
    }

    /// <summary>What was kept from the kernel so far.</summary>
    public SilencedPackets Count() => new(Read(ForeignCounter), Read(OursCounter));

    /// <summary>Detaches the program: the kernel sees every packet again.</summary>
    public void Dispose()
    {
        Files.Close(_link);
        Files.Close(_program);
        Files.Close(_counters);
        _link = _program = _counters = -1;
    }

    internal static string Explain(int error) => error switch
    {
        Errno.EINVAL or EOPNOTSUPP => "this kernel has no tcx; Linux 6.6 or later with CONFIG_NET_XGRESS is needed",
        Errno.ENODEV => "there is no such interface",
        _ => BpfSystem.Explain(error),
    };

    // A per-CPU value is read as one word for each processor that could ever be there.
    private ulong Read(int counter)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(key, counter);
        byte[] values = new byte[8 * _possibleProcessors];
        if (_counters < 0 || !BpfSystem.TryLookup(_counters, key, values)) return 0;
        ulong sum = 0;
        for (int i = 0; i < _possibleProcessors; i++) sum += BinaryPrimitives.ReadUInt64LittleEndian(values.AsSpan(8 * i));
        return sum;
    }

    // The last number of a list like "0-3" or "0,2-7"; too many is harmless, too few would be an overrun.
    private static int ReadPossibleProcessors()
    {
        const int Most = 8192;
        try
        {
            string text = File.ReadAllText("/sys/devices/system/cpu/possible").Trim();
            return int.Parse(text[(text.LastIndexOfAny(['-', ',']) + 1)..], CultureInfo.InvariantCulture) + 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return Most;
        }
    }
}
