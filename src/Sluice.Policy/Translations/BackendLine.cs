using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Policy.Translations;

/// <summary>A backend as a decision reads it, in half a cache line. Its family is that of the packets.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct BackendLine
{
    private UInt128 address;
    private ushort firstPort;
    private ushort sourcePort;
    private Signs signs;

    [Flags]
    private enum Signs : byte
    {
        None = 0,
        HasAddress = 1,
        HasPort = 2,
        HasSource = 4,
        HasSourcePort = 8,
        IsDirect = 16,
    }

    internal readonly bool IsDirect => (signs & Signs.IsDirect) != 0;

    /// <summary>Whether what it sees of its client is fixed by itself.</summary>
    internal readonly bool RewritesSource => (signs & (Signs.HasSource | Signs.HasSourcePort)) != 0;

    /// <summary>Whether the source address that it sees is its own to say; <see cref="Backend.Source"/> says which.</summary>
    internal readonly bool HasSource => (signs & Signs.HasSource) != 0;

    internal static BackendLine Of(Backend backend) => new()
    {
        address = backend.Address?.Value ?? 0,
        firstPort = backend.FirstPort ?? 0,
        sourcePort = backend.SourcePort ?? 0,
        signs = (backend.Address is null ? Signs.None : Signs.HasAddress) | (backend.FirstPort is null ? Signs.None : Signs.HasPort) |
            (backend.Source is null ? Signs.None : Signs.HasSource) | (backend.SourcePort is null ? Signs.None : Signs.HasSourcePort) |
            (backend.IsDirect ? Signs.IsDirect : Signs.None),
    };

    /// <summary>The address that a packet goes to.</summary>
    internal readonly IpAddress AddressFor(in IpAddress destination) => (signs & Signs.HasAddress) != 0 ? new IpAddress(destination.Family, address) : destination;

    /// <summary>The port for a virtual port.</summary>
    internal readonly ushort PortFor(ushort port, ushort firstVirtual) => (signs & Signs.HasPort) != 0 ? (ushort)(port - firstVirtual + firstPort) : port;

    /// <summary>The source port that it sees.</summary>
    internal readonly ushort SourcePortFor(ushort port) => (signs & Signs.HasSourcePort) != 0 ? sourcePort : port;
}
