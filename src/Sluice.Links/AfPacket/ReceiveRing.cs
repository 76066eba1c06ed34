using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Links.Native;

namespace Sluice.Links.AfPacket;

/// <summary>A TPACKET_V2 ring that the kernel writes frames into and this process reads and rewrites in place.</summary>
/// <remarks>
/// <para>Offsets in a slot, the reserve chosen so that IP and transport header of an Ethernet frame share one line and the headroom fits:</para>
/// <code>
///   0  tpacket2_hdr (32 bytes), sockaddr_ll (20)
/// 192  virtio_net_hdr
/// 202  Ethernet header
/// 216  IP header
/// </code>
/// <para>Slots are spaced by 2,112 bytes: at 2,048 all headers would fall into two sets of the first-level cache.</para>
/// </remarks>
internal sealed unsafe class ReceiveRing : IDisposable
{
    public const int SlotBytes = 2112;
    public const int FrameOffset = 202;

    private const int BlockBytes = 256 * 1024;
    private const int BlockCount = 34;
    private const int SlotsInBlock = BlockBytes / SlotBytes;

    /// <summary>Slots in the ring: at 500,000 packets a second it bridges 8 ms of being descheduled.</summary>
    public const int SlotCount = SlotsInBlock * BlockCount;

    // The kernel puts the network header at align16(52 + 16) + reserve + virtio header (tpacket_rcv).
    private const int ReserveBytes = FrameOffset + 14 - 80 - 10;

    private const uint StatusUser = 1;
    private const uint StatusCopy = 2;
    private const uint StatusVlanValid = 16;
    private const int PacketTypeOffset = 32 + 10;
    private const byte PacketTypeOutgoing = 4;

    private readonly byte* _end;
    private byte* _memory;
    private byte* _next;
    private byte* _oldest;
    private int _borrowed;

    /// <summary>Sets the ring up on a socket that is not bound yet.</summary>
    public ReceiveRing(int socket)
    {
        Sockets.Set(socket, PacketSocket.Level, PacketSocket.Version, PacketSocket.Version2, "choose TPACKET_V2");
        Sockets.Set(socket, PacketSocket.Level, PacketSocket.Reserve, ReserveBytes, "reserve headroom in the ring");
        RingRequest request = new() { BlockBytes = BlockBytes, BlockCount = BlockCount, SlotBytes = SlotBytes, SlotCount = SlotCount };
        Errno.Check(Sockets.SetOption(socket, PacketSocket.Level, PacketSocket.RxRing, &request, (uint)sizeof(RingRequest)), "set up the receive ring");
        _memory = MemoryMap.MapShared(socket, (nuint)BlockBytes * BlockCount, "map the receive ring");
        _end = _memory + (nuint)BlockBytes * BlockCount;
        _next = _oldest = _memory;
    }

    /// <summary>The next frame's slot, or null where the kernel has written none. It stays the next one until <see cref="Borrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Slot* Peek()
    {
        Slot* slot = (Slot*)_next;
        return (Volatile.Read(ref slot->Status) & StatusUser) != 0 && _borrowed < SlotCount ? slot : null;
    }

    /// <summary>Keeps the slot that <see cref="Peek"/> showed until <see cref="ReturnAll"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Borrow()
    {
        _next = After(_next);
        _borrowed++;
    }

    /// <summary>Gives all borrowed slots back to the kernel.</summary>
    public void ReturnAll()
    {
        byte* slot = _oldest;
        for (int i = _borrowed; i > 0; i--)
        {
            Volatile.Write(ref ((Slot*)slot)->Status, 0);
            slot = After(slot);
        }

        _oldest = slot;
        _borrowed = 0;
    }

    public void Dispose()
    {
        MemoryMap.Unmap(_memory, (nuint)BlockBytes * BlockCount);
        _memory = null;
    }

    // A block holds a whole number of slots and a rest that is not used.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* After(byte* slot)
    {
        byte* next = slot + SlotBytes;
        nuint offset = (nuint)(next - _memory) % BlockBytes;
        if (offset > BlockBytes - SlotBytes) next += BlockBytes - offset;
        return next == _end ? _memory : next;
    }

    /// <summary>struct tpacket_req.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RingRequest
    {
        public uint BlockBytes;
        public uint BlockCount;
        public uint SlotBytes;
        public uint SlotCount;
    }

    /// <summary>struct tpacket2_hdr at the head of a slot, and the packet type of the sockaddr_ll behind it.</summary>
    [StructLayout(LayoutKind.Explicit)]
    public struct Slot
    {
        [FieldOffset(0)] public uint Status;
        [FieldOffset(4)] public int Length;
        [FieldOffset(8)] public int CapturedLength;
        [FieldOffset(12)] public ushort FrameStart;
        [FieldOffset(24)] private ushort _vlanTag;
        [FieldOffset(PacketTypeOffset)] private byte _packetType;

        /// <summary>Whether all of the frame lies in the slot.</summary>
        public readonly bool IsWhole => Length == CapturedLength && (Status & StatusCopy) == 0;

        /// <summary>Whether the whole frame waits in the socket's queue, since the slot is too small for it.</summary>
        public readonly bool IsQueued => (Status & StatusCopy) != 0;

        /// <summary>Whether the host itself sent the frame; a kernel that can't leave those out shows them here.</summary>
        public readonly bool IsOutgoing => _packetType == PacketTypeOutgoing;

        /// <summary>The tag that was taken off the frame, or 0.</summary>
        public readonly ushort VlanTag => (Status & StatusVlanValid) != 0 ? _vlanTag : (ushort)0;
    }
}
