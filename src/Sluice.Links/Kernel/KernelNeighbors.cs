using System.Buffers.Binary;
using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Kernel.Netlink;
using Sluice.Packets.Addresses;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel;

/// <summary>Lets the kernel resolve neighbours (ARP, ND) for the gateway; the answers come through the mirror.</summary>
/// <remarks>
/// <see cref="Ask"/> and <see cref="Confirm"/> may be called by a worker: they put a request into a queue and wake a thread, which speaks to the kernel in the
/// namespace where this object was made. Whoever asks again later loses nothing when the queue is full.
/// </remarks>
public sealed class KernelNeighbors : IDisposable
{
    private const int QueueCapacity = 1024;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NETLINK_ROUTE);
    private readonly WakeEvent _wake = new();
    private readonly BoundedQueue<(int Interface, IpAddress Address)> _queue = new(QueueCapacity);
    private readonly byte[] _message = new byte[64];
    private readonly Thread _thread;
    private volatile bool _stopping;
    private ulong _asked;
    private ulong _refused;

    /// <summary>Opens a socket in the namespace of the calling thread and starts the thread that uses it.</summary>
    /// <exception cref="LinkException">The kernel refuses the socket.</exception>
    public KernelNeighbors()
    {
        _thread = new Thread(Run) { Name = "kernel neighbours", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How many requests were handed to the kernel.</summary>
    public ulong Asked => Volatile.Read(ref _asked);

    /// <summary>How many requests the kernel refused (no such interface, no privilege) or the full queue did not take.</summary>
    public ulong Refused => Volatile.Read(ref _refused);

    /// <summary>Makes the kernel send an ARP request or neighbour solicitation now, whether it knows the address or not.</summary>
    public void Ask(int interfaceIndex, IpAddress address)
    {
        if (_queue.TryAdd((interfaceIndex, address))) _wake.Set();
        else Interlocked.Increment(ref _refused);
    }

    /// <summary>Says that the gateway uses a neighbour: the kernel keeps the entry and checks a stale one (RFC 4861 section 7.3).</summary>
    /// <remarks>Once every ten seconds or so for each neighbour in use is enough. Costs nothing on the wire while the entry is fresh.</remarks>
    public void Confirm(int interfaceIndex, IpAddress address) => Ask(interfaceIndex, address);

    /// <summary>Stops the thread; requests still queued are forgotten.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            while (!_stopping && _queue.TryTake(out (int Interface, IpAddress Address) request)) Use(request.Interface, request.Address);
            if (!_stopping) _wake.Wait(-1, -1);
        }
    }

    // NTF_USE on an entry does what a packet sent to it would do. But it also makes a permanent entry an ordinary one, so such entries,
    // which need no asking, are looked for first.
    private void Use(int interfaceIndex, IpAddress address)
    {
        bool permanent = false;
        _ = _socket.Request(Build(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_ACK, 0, interfaceIndex, address),
            reply => permanent |= RouteMessages.IsPermanentNeighbor(reply));
        if (permanent) return;
        Interlocked.Increment(ref _asked);
        if (_socket.Request(Build(RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, NTF_USE, interfaceIndex, address)) != 0)
            Interlocked.Increment(ref _refused);
    }

    private ReadOnlySpan<byte> Build(ushort type, ushort flags, byte neighborFlags, int interfaceIndex, IpAddress address)
    {
        var writer = new NetlinkWriter(_message, type, flags, _socket.NextSequence());
        Span<byte> header = writer.Fixed(NeighborHeaderLength);
        header[0] = address.IsV4 ? (byte)KernelCalls.AF_INET : (byte)KernelCalls.AF_INET6;
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], interfaceIndex);
        header[10] = neighborFlags;
        Span<byte> bytes = stackalloc byte[16];
        writer.Attribute(NDA_DST, bytes[..address.CopyTo(bytes)]);
        return writer.Message;
    }
}
