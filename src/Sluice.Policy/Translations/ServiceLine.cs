using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sluice.Policy.Balancing;

namespace Sluice.Policy.Translations;

/// <summary>A virtual service as one realm sees it: all that a decision reads of it, in one cache line.</summary>
/// <remarks>
/// The choice by weight among up to eight backends stands in the line, as it is while all of them are up; <see cref="Choices"/> says that it doesn't: by a Maglev table, among more
/// backends, or while one of them is down. Then the service is asked. Nothing else of the line ever changes.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct ServiceLine
{
    internal const int Own = -1;

    /// <summary>The service is to be asked.</summary>
    internal const byte AskService = byte.MaxValue;

    private const int Most = BackendChoice.MostInLine;

    /// <summary>The weights up to and including each backend that can be chosen; the highest number behind the last.</summary>
    internal Ends Weights;

    /// <summary>Their places in the service's list, a byte each.</summary>
    internal ulong Places;

    /// <summary>What <see cref="Decision.Backend"/> is for the first of the list.</summary>
    internal int FirstBackend;

    /// <summary>Index in <see cref="GatewayPolicy.Rules"/>.</summary>
    internal uint Rule;

    /// <summary>The pair whose packets reach it through a peering; <see cref="Own"/> in its own realm.</summary>
    internal int Pair;

    /// <summary>Index in <see cref="GatewayPolicy.VirtualServices"/>.</summary>
    internal int Service;

    /// <summary>The realm of the virtual address and of the backends.</summary>
    internal ushort Realm;

    /// <summary>The first virtual port.</summary>
    internal ushort FirstPort;

    /// <summary>Index in <see cref="GatewayPolicy.Timers"/>.</summary>
    internal ushort Timers;

    /// <summary>How many backends can be chosen, or <see cref="AskService"/>.</summary>
    internal byte Choices;

    private byte signs;

    private const byte AffinitySign = 0x80;

    /// <summary>What of a packet the choice depends on.</summary>
    internal readonly FlowHashFields HashFields => (FlowHashFields)(signs & ~AffinitySign);

    /// <summary>Whether clients keep their backend.</summary>
    internal readonly bool HasAffinity => (signs & AffinitySign) != 0;

    internal static ServiceLine Of(VirtualService service, int number, int pair)
    {
        ServiceLine line = default;
        line.FirstBackend = service.FirstBackend;
        line.Rule = service.Rule;
        line.Pair = pair;
        line.Service = number;
        line.Realm = service.Realm;
        line.FirstPort = service.Ports.First;
        line.Timers = checked((ushort)service.Timers);
        line.signs = (byte)((byte)service.HashFields | (service.Affinity is null ? 0 : AffinitySign));
        line.Choices = service.TryWriteChoice(line.Weights, out line.Places);
        return line;
    }

    /// <summary>The place of the backend for a packet, or <see cref="BackendChoice.None"/>; as <see cref="BackendChoice.Choose"/> has it.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="choices"><see cref="Choices"/>, which is not <see cref="AskService"/>.</param>
    internal readonly int Choose(in FirstPacket packet, byte choices)
    {
        if (choices == 0) return BackendChoice.None;
        ulong hash = FlowHash.Of(packet, HashFields);
        Vector256<uint> ends = Unsafe.As<Ends, Vector256<uint>>(ref Unsafe.AsRef(in Weights));
        uint at = (uint)Math.BigMul(hash, (ulong)Weights[choices - 1], out _);
        int rank = BitOperations.PopCount(Vector256.LessThanOrEqual(ends, Vector256.Create(at)).ExtractMostSignificantBits());
        return (int)(Places >> (8 * rank)) & byte.MaxValue;
    }

    [InlineArray(Most)]
    internal struct Ends
    {
        private uint first;
    }
}
