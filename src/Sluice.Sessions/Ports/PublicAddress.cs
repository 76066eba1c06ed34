using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>A public address in use, in native memory: who it is, and its spaces of ports, one for each class.</summary>
[StructLayout(LayoutKind.Sequential, Size = 320)]
internal struct PublicAddress
{
    public PortSpace Tcp;
    public PortSpace Udp;
    public PortSpace Icmp;
    public PortSpace Sctp;
    public ulong High;
    public ulong Low;
    public uint Next;
    public ushort Realm;
    public IpFamily Family;

    /// <summary>The address.</summary>
    public readonly IpAddress Address => new(Family, new UInt128(High, Low));
}
