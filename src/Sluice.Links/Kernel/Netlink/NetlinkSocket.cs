using Sluice.Links.Native;
using static Sluice.Links.Kernel.KernelCalls;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel.Netlink;

/// <summary>Takes one message of a dump.</summary>
internal delegate void NetlinkHandler(NetlinkMessage message);

/// <summary>A netlink socket. It belongs for its whole life to the network namespace of the thread that opened it.</summary>
/// <remarks>Requests and dumps are for one thread at a time; <see cref="Send"/> and <see cref="Receive"/> are as safe as the kernel's own calls.</remarks>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    // A kernel that takes namespaces or many links down holds its tables for seconds.
    private const int ReplySeconds = 30;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(128 << 10);
    private uint _sequence;
    private int _descriptor;

    private NetlinkSocket(int descriptor) => _descriptor = descriptor;

    public int Descriptor => _descriptor;

    /// <summary>Opens a socket of a netlink protocol.</summary>
    /// <exception cref="LinkException">The kernel refuses it.</exception>
    public static NetlinkSocket Open(int protocol)
    {
        int descriptor = Errno.Check(Sockets.Open(AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, protocol), "open a netlink socket");
        var socket = new NetlinkSocket(descriptor);
        byte* address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = AF_NETLINK;
        if (Sockets.Bind(descriptor, address, 12) < 0)
        {
            int error = Errno.Last;
            socket.Dispose();
            throw new LinkException($"bind a netlink socket: {Errno.Describe(error)}");
        }

        // Acknowledgements need not quote the request; dumps honour the filters in their headers.
        _ = Sockets.TrySet(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        _ = Sockets.TrySet(descriptor, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        long* timeout = stackalloc long[2] { ReplySeconds, 0 };
        _ = Sockets.SetOption(descriptor, Sockets.SOL_SOCKET, SO_RCVTIMEO, timeout, 16);
        return socket;
    }

    /// <summary>Subscribes to a multicast group.</summary>
    public void Join(int group) => Sockets.Set(_descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, $"follow netlink group {group}");

    /// <summary>Sets the size of the receive buffer, beyond the system's limit where privilege allows.</summary>
    public void SetReceiveBuffer(int bytes)
    {
        if (!Sockets.TrySet(_descriptor, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, bytes))
            _ = Sockets.TrySet(_descriptor, Sockets.SOL_SOCKET, SO_RCVBUF, bytes);
    }

    /// <summary>A sequence number for the next request.</summary>
    public uint NextSequence() => ++_sequence;

    /// <summary>Sends a message without waiting for its outcome.</summary>
    /// <returns>0, or the error number.</returns>
    public int Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* bytes = message)
        {
            return KernelCalls.Send(_descriptor, bytes, (nuint)message.Length) < 0 ? Errno.Last : 0;
        }
    }

    /// <summary>Receives what waits, or what comes within the reply time if <paramref name="wait"/>.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="wait">Whether to wait.</param>
    /// <param name="length">The bytes received; 0 for what another process sent, which is ignored.</param>
    /// <returns>0, or the error number: EAGAIN when nothing waits, ENOBUFS when the kernel lost messages or one didn't fit.</returns>
    public int Receive(Span<byte> buffer, bool wait, out int length)
    {
        length = 0;
        uint* sender = stackalloc uint[3];
        uint senderLength = 12;
        nint received;
        fixed (byte* bytes = buffer)
        {
            int flags = Sockets.MSG_TRUNC | (wait ? 0 : Sockets.MSG_DONTWAIT);
            received = ReceiveFrom(_descriptor, bytes, (nuint)buffer.Length, flags, sender, &senderLength);
        }

        if (received < 0) return Errno.Last;
        if (received > buffer.Length) return Errno.ENOBUFS;
        if (sender[1] == 0) length = (int)received;
        return 0;
    }

    /// <summary>Sends a request that asks for an acknowledgement and waits for it.</summary>
    /// <returns>0, or the kernel's error number.</returns>
    public int Request(ReadOnlySpan<byte> message, NetlinkHandler? handler = null)
    {
        Drain();
        int error = Send(message);
        while (error == 0)
        {
            error = Receive(_buffer, wait: true, out int length);
            if (error != 0) break;
            foreach (NetlinkMessage reply in new NetlinkMessages(_buffer.AsSpan(0, length)))
            {
                if (reply.Sequence != _sequence) continue;
                if (reply.Type == NLMSG_ERROR) return reply.Error;
                handler?.Invoke(reply);
            }
        }

        return error;
    }

    /// <summary>Sends a dump request and hands every message of the answer to <paramref name="handler"/>.</summary>
    /// <param name="message">The request.</param>
    /// <param name="handler">Gets the answers.</param>
    /// <param name="missingIsEmpty">Whether a table that doesn't exist is an empty one.</param>
    /// <returns>Whether the dump is consistent: false when the table changed under it, and asking again is wise.</returns>
    /// <exception cref="LinkException">The kernel refuses the dump.</exception>
    public bool Dump(ReadOnlySpan<byte> message, NetlinkHandler handler, bool missingIsEmpty = false)
    {
        bool consistent = true;
        Drain();
        int error = Send(message);
        while (error == 0)
        {
            error = Receive(_buffer, wait: true, out int length);
            if (error != 0) break;
            foreach (NetlinkMessage reply in new NetlinkMessages(_buffer.AsSpan(0, length)))
            {
                if (reply.Sequence != _sequence) continue;
                consistent &= (reply.Flags & NLM_F_DUMP_INTR) == 0;
                if (reply.Type is NLMSG_ERROR or NLMSG_DONE)
                {
                    if (reply.Error == 0 || (missingIsEmpty && reply.Error == Errno.ENOENT)) return consistent;
                    throw new LinkException($"the kernel refuses a netlink dump: {Errno.Describe(reply.Error)}");
                }

                handler(reply);
            }
        }

        throw new LinkException($"a netlink dump failed: {Errno.Describe(error)}");
    }

    // After an answer that took too long its rest is still coming, and the kernel starts no second dump before the first is over.
    private void Drain()
    {
        int error;
        do error = Receive(_buffer, wait: false, out _);
        while (error is 0 or Errno.ENOBUFS);
    }

    public void Dispose() => Files.Close(Interlocked.Exchange(ref _descriptor, -1));
}
