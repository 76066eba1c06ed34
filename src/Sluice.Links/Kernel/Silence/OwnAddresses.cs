using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sluice.Links.Native;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Kernel.Silence;

/// <summary>The host's addresses in one realm, and which of their ports belong to the gateway; shared by the silencers of the realm's links.</summary>
/// <remarks>
/// Two BPF maps: a hash from address to place, and a memory-mapped array of bit lines, so that the pool's own bitmap is what the kernel reads and no port
/// change costs a system call. An address that nobody masquerades to has no lines. Control path only; the bits may be set by any thread.
/// </remarks>
public sealed unsafe class OwnAddresses : IDisposable
{
    /// <summary>How many addresses of the host a realm may have.</summary>
    public const int AddressCapacity = 4096;

    internal const int KeyLength = 20, KeyV4 = 4, KeyV6 = 6;
    internal const int TcpNumber = 0, UdpNumber = 1, IcmpNumber = 2, SctpNumber = 3, ProtocolShift = 2;
    internal const int LineBytes = 65536 / 8;
    private const int LinesPerAddress = 2 << ProtocolShift;

    private readonly Lock _gate = new();
    private readonly HashSet<IpAddress> _addresses = [];
    private readonly Dictionary<IpAddress, int> _places = [];
    private readonly int _capacity;
    private byte* _lines;

    /// <summary>Makes the maps.</summary>
    /// <param name="masqueradeCapacity">How many of the addresses may have port bits: 64 KiB of kernel memory each.</param>
    /// <exception cref="LinkException">bpf(2) is not permitted, or there is no memory.</exception>
    public OwnAddresses(int masqueradeCapacity = 32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(masqueradeCapacity, 1);
        _capacity = masqueradeCapacity;
        AddressMap = BpfSystem.CreateMap(BpfSystem.MapTypeHash, KeyLength, 4, AddressCapacity, BpfSystem.NoPreallocation, "sluice_own");
        try
        {
            BitMap = BpfSystem.CreateMap(BpfSystem.MapTypeArray, 4, LineBytes, masqueradeCapacity * LinesPerAddress, BpfSystem.Mappable, "sluice_ports");
            _lines = MemoryMap.MapShared(BitMap, MappedBytes, "map the port bits");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal int AddressMap { get; private set; } = -1;

    internal int BitMap { get; private set; } = -1;

    private nuint MappedBytes => (nuint)_capacity * LinesPerAddress * LineBytes;

    /// <summary>Says which addresses are the host's: packets to them are left to the kernel, except the gateway's ports; packets to any other are kept from it.</summary>
    /// <remarks>Give all addresses of the realm's interfaces as the mirror shows them, not the configured ones only.</remarks>
    /// <exception cref="LinkException">There are more than <see cref="AddressCapacity"/>.</exception>
    public void Set(IEnumerable<IpAddress> addresses)
    {
        lock (_gate)
        {
            HashSet<IpAddress> wanted = [.. addresses];
            foreach (IpAddress gone in _addresses.Where(address => !wanted.Contains(address)).ToArray())
            {
                Span<byte> key = stackalloc byte[KeyLength];
                WriteKey(gone, key);
                BpfSystem.Delete(AddressMap, key);
                _addresses.Remove(gone);
            }

            foreach (IpAddress address in wanted)
                if (_addresses.Add(address)) Publish(address);
        }
    }

    /// <summary>The gateway's bits of an address: port (or ICMP identifier) p is bit p % 64 of word p / 64, 1,024 words. The pointer holds until disposal.</summary>
    /// <param name="own">An address of the host, also one that it will only get later.</param>
    /// <param name="protocol">TCP, UDP, SCTP, ICMP or ICMPv6.</param>
    /// <exception cref="LinkException">There is no place for another address.</exception>
    public ulong* PortBits(IpAddress own, byte protocol) => Line(own, protocol, host: false);

    /// <summary>The host's bits of an address, laid out likewise: a packet to such a port is the host's even where the gateway's bit is set.</summary>
    /// <remarks>Where a pool marks the host's ports as taken in <see cref="PortBits"/>, the same ports are marked here, and no port that a session holds.</remarks>
    /// <exception cref="LinkException">There is no place for another address.</exception>
    public ulong* HostBits(IpAddress own, byte protocol) => Line(own, protocol, host: true);

    /// <summary>Closes the maps; the programs that use them keep them alive until they are gone too, but the pointers end here.</summary>
    public void Dispose()
    {
        MemoryMap.Unmap(_lines, MappedBytes);
        _lines = null;
        Files.Close(AddressMap);
        Files.Close(BitMap);
        AddressMap = BitMap = -1;
    }

    private ulong* Line(IpAddress own, byte protocol, bool host)
    {
        int number = protocol switch
        {
            IpProtocol.Tcp => TcpNumber,
            IpProtocol.Udp => UdpNumber,
            IpProtocol.Icmp or IpProtocol.IcmpV6 => IcmpNumber,
            IpProtocol.Sctp => SctpNumber,
            _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "The protocol has no ports."),
        };
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_lines == null, this);
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, own, out bool exists);
            if (!exists)
            {
                if (_places.Count > _capacity)
                {
                    _places.Remove(own);
                    throw new LinkException($"cannot masquerade to {own}: only {_capacity} addresses of the host may be masqueraded to");
                }

                place = _places.Count;
                if (_addresses.Contains(own)) Publish(own);
            }

            return (ulong*)(_lines + (long)((place - 1 << ProtocolShift) + number) * 2 * LineBytes + (host ? LineBytes : 0));
        }
    }

    private void Publish(IpAddress address)
    {
        Span<byte> key = stackalloc byte[KeyLength], value = stackalloc byte[4];
        WriteKey(address, key);
        BinaryPrimitives.WriteInt32LittleEndian(value, _places.GetValueOrDefault(address));
        BpfSystem.Update(AddressMap, key, value);
    }

    // The family as a word, then the address in network order, zero-filled.
    private static void WriteKey(IpAddress address, Span<byte> key)
    {
        key.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(key, address.IsV4 ? KeyV4 : KeyV6);
        address.CopyTo(key[4..]);
    }
}
