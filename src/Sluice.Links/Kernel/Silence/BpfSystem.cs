using System.Runtime.InteropServices;
using System.Text;
using Sluice.Links.Native;
using static Sluice.Links.Kernel.KernelCalls;

namespace Sluice.Links.Kernel.Silence;

/// <summary>bpf(2) without a library: maps, programs, links. Every descriptor closes with the process, and what it holds goes with it.</summary>
/// <remarks>The argument is union bpf_attr of linux/bpf.h; the offsets below are those of its members. Nothing is ever pinned.</remarks>
internal static unsafe class BpfSystem
{
    public const int MapTypeHash = 1, MapTypeArray = 2, MapTypePerCpuArray = 6;
    public const int NoPreallocation = 1, Mappable = 1 << 10;

    private const int MapCreate = 0, MapLookup = 1, MapUpdate = 2, MapDelete = 3, ProgramLoad = 5, LinkCreate = 28;
    private const int ProgramTypeSchedCls = 3, AttachTcxIngress = 46;
    private const int AttributeLength = 128, LogLength = 64 << 10;

    // A signal for the thread, be it only that the process was stopped and goes on, ends the verifier's work with EAGAIN.
    private const int LoadAttempts = 20;

    /// <summary>The number of bpf(2).</summary>
    public static long Number => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    /// <summary>Makes a map.</summary>
    /// <exception cref="LinkException">The kernel refuses the map.</exception>
    public static int CreateMap(int type, int keyLength, int valueLength, int entries, int flags, string name)
    {
        byte* attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        int* words = (int*)attribute;
        words[0] = type;
        words[1] = keyLength;
        words[2] = valueLength;
        words[3] = entries;
        words[4] = flags;
        Encoding.ASCII.GetBytes(name, new Span<byte>(attribute + 28, 15));
        int map = Invoke(MapCreate, attribute);
        return map >= 0 ? map : throw new LinkException($"cannot make a BPF map: {Explain(Errno.Last)}");
    }

    public static void Update(int map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyBytes = key, valueBytes = value)
            if (Element(MapUpdate, map, keyBytes, valueBytes) < 0) throw new LinkException($"cannot change a BPF map: {Explain(Errno.Last)}");
    }

    public static void Delete(int map, ReadOnlySpan<byte> key)
    {
        fixed (byte* keyBytes = key) _ = Element(MapDelete, map, keyBytes, null);
    }

    public static bool TryLookup(int map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        fixed (byte* keyBytes = key, valueBytes = value) return Element(MapLookup, map, keyBytes, valueBytes) == 0;
    }

    /// <summary>Loads a program for tcx ingress.</summary>
    /// <exception cref="LinkException">The kernel refuses it; the end of the verifier's log says why.</exception>
    public static int LoadProgram(ReadOnlySpan<ulong> code, string name)
    {
        byte[] log = new byte[LogLength];
        byte* attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        fixed (ulong* instructions = code)
        fixed (byte* license = "Apache-2.0\0"u8, logBytes = log)
        {
            int* words = (int*)attribute;
            words[0] = ProgramTypeSchedCls;
            words[1] = code.Length;
            *(ulong**)(attribute + 8) = instructions;
            *(byte**)(attribute + 16) = license;
            words[6] = 1;
            words[7] = LogLength;
            *(byte**)(attribute + 32) = logBytes;
            Encoding.ASCII.GetBytes(name, new Span<byte>(attribute + 48, 15));
            words[17] = AttachTcxIngress;
            int program;
            int attempts = LoadAttempts;
            do program = Invoke(ProgramLoad, attribute);
            while (program < 0 && Errno.Last == Errno.EAGAIN && --attempts > 0);
            if (program >= 0) return program;
            int error = Errno.Last;
            string reason = Encoding.ASCII.GetString(log.AsSpan().TrimEnd((byte)0)).TrimEnd();
            throw new LinkException($"cannot load the silencing BPF program: {Explain(error)}{(reason.Length == 0 ? "" : $" ({LastLines(reason)})")}");
        }
    }

    /// <summary>Attaches a program to the ingress of an interface for as long as the returned descriptor is open.</summary>
    /// <returns>The descriptor, or minus the error number.</returns>
    public static int AttachTcx(int program, int interfaceIndex)
    {
        byte* attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        int* words = (int*)attribute;
        words[0] = program;
        words[1] = interfaceIndex;
        words[2] = AttachTcxIngress;
        int link = Invoke(LinkCreate, attribute, 64);
        return link >= 0 ? link : -Errno.Last;
    }

    public static string Explain(int error) => error is Errno.EPERM or Errno.EACCES
        ? "bpf is not permitted; run as root or with CAP_BPF and CAP_NET_ADMIN"
        : Errno.Describe(error);

    private static int Element(int command, int map, byte* key, byte* value)
    {
        byte* attribute = stackalloc byte[32];
        new Span<byte>(attribute, 32).Clear();
        *(int*)attribute = map;
        *(byte**)(attribute + 8) = key;
        *(byte**)(attribute + 16) = value;
        return Invoke(command, attribute, 32);
    }

    private static int Invoke(int command, byte* attribute, int length = AttributeLength) => (int)SystemCall(Number, command, attribute, length);

    // The verifier counts what it did after saying what it minds.
    private static string LastLines(string log) => string.Join(" | ", log.Split('\n').TakeLast(4));
}
