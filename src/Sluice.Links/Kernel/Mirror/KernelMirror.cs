using System.Collections.Frozen;
using Sluice.Links.Kernel.Netlink;
using Sluice.Links.Native;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>Follows the links, addresses, routes and neighbours of a set of interfaces in the namespace of the thread that made it.</summary>
/// <remarks>
/// Neighbours are followed message by message: a packet may wait for one. For links, addresses and routes a message only says that the table is to be
/// read again, at once the first time and then at a pace: the kernel tells nobody about the IPv4 routes that go with an address or a link, so only a dump is true.
/// </remarks>
public sealed class KernelMirror : IDisposable
{
    private const int MinimumPaceMilliseconds = 20, MaximumPaceMilliseconds = 1000;

    private static readonly int[] Groups =
    [
        RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEXTHOP,
    ];

    private readonly NetlinkSocket _events;
    private readonly NetlinkSocket _requests;
    private readonly WakeEvent _wake;
    private readonly MirrorTables _tables;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ready = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(128 << 10);
    private volatile FrozenSet<string> _names;
    private volatile bool _stopping;
    private Exception? _failure;
    private MirrorTable _stale = MirrorTable.All;
    private bool _resynchronizing = true;
    private long _nextReading;
    private ulong _overruns;
    private ulong _failedReadings;

    /// <summary>Opens the sockets; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="interfaces">The names of the interfaces to follow; one that doesn't exist yet is followed when it appears.</param>
    /// <param name="observer">Who hears of changes.</param>
    /// <param name="receiveBufferBytes">How much the kernel may queue for us before it drops messages (an overrun).</param>
    /// <exception cref="LinkException">The kernel refuses a socket.</exception>
    public KernelMirror(IEnumerable<string> interfaces, IKernelObserver observer, int receiveBufferBytes = 8 << 20)
    {
        _names = interfaces.ToFrozenSet(StringComparer.Ordinal);
        _requests = NetlinkSocket.Open(NETLINK_ROUTE);
        _events = NetlinkSocket.Open(NETLINK_ROUTE);
        _events.SetReceiveBuffer(receiveBufferBytes);
        foreach (int group in Groups) _events.Join(group);
        _wake = new WakeEvent();
        _tables = new MirrorTables(new KernelState(_requests), observer);
        _thread = new Thread(Run) { Name = "kernel mirror", IsBackground = true };
    }

    /// <summary>How often the kernel dropped messages because we were too slow; each is followed by a full reading.</summary>
    public ulong Overruns => Volatile.Read(ref _overruns);

    /// <summary>How often the kernel refused a reading after the first; each is tried again after a second.</summary>
    public ulong FailedReadings => Volatile.Read(ref _failedReadings);

    /// <summary>What ended the mirror, if it ended by itself (an observer that throws): no later change is delivered.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Reads everything, and returns when the observer has heard it.</summary>
    /// <exception cref="LinkException">The first reading failed.</exception>
    public void Start()
    {
        _thread.Start();
        _ready.Wait();
        if (_failure is { } failure) throw new LinkException($"cannot follow the kernel's tables: {failure.Message}", failure);
    }

    /// <summary>Follows another set of interfaces from now on; the observer hears the difference.</summary>
    public void Follow(IEnumerable<string> interfaces)
    {
        _names = interfaces.ToFrozenSet(StringComparer.Ordinal);
        _wake.Set();
    }

    /// <summary>Stops following and waits for the thread.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _wake.Set();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted) && Thread.CurrentThread != _thread) _thread.Join();
        _events.Dispose();
        _requests.Dispose();
        _wake.Dispose();
        _ready.Dispose();
    }

    private void Run()
    {
        try
        {
            FrozenSet<string> names = _names;
            while (!_stopping)
            {
                if (!ReferenceEquals(names, _names)) _stale = MirrorTable.All;
                names = _names;
                int wait = _stale == MirrorTable.None ? -1 : (int)Math.Max(0, _nextReading - Environment.TickCount64);
                if (wait == 0) Refresh(names);
                else _wake.Wait(_events.Descriptor, wait);
                Drain();
            }
        }
        catch (Exception error)
        {
            Volatile.Write(ref _failure, error);
            if (!_stopping) _ready.Set();
        }
    }

    private void Refresh(FrozenSet<string> names)
    {
        long begin = Environment.TickCount64;
        try
        {
            _stale = _tables.Refresh(_stale, names);
        }
        catch (LinkException) when (_ready.IsSet)
        {
            // A busy kernel may refuse or take too long; what was known stays in force until it answers.
            Volatile.Write(ref _failedReadings, _failedReadings + 1);
            _nextReading = Environment.TickCount64 + MaximumPaceMilliseconds;
            return;
        }

        long end = Environment.TickCount64;

        // Large tables are read less often, so that a storm of changes doesn't keep a processor busy; but no change waits longer than a second for its turn.
        _nextReading = end + Math.Clamp(2 * (end - begin), MinimumPaceMilliseconds, MaximumPaceMilliseconds);
        if (!_resynchronizing || _stale != MirrorTable.None) return;
        _resynchronizing = false;

        // The kernel does not say when its neighbour table was rehashed under a dump, which then may lack an entry. After a storm it is read once more.
        if (_ready.IsSet)
        {
            _stale = MirrorTable.Neighbors;
            _nextReading = end + MaximumPaceMilliseconds;
        }

        _tables.Observer.Resynchronized();
        _ready.Set();
    }

    private void Drain()
    {
        while (true)
        {
            switch (_events.Receive(_buffer, wait: false, out int length))
            {
                case 0:
                    foreach (NetlinkMessage message in new NetlinkMessages(_buffer.AsSpan(0, length))) Take(message);
                    break;
                case Errno.ENOBUFS:
                    Overrun();
                    break;
                case Errno.EAGAIN:
                    return;
                case int error:
                    throw new LinkException($"netlink fails: {Errno.Describe(error)}");
            }
        }
    }

    // What is still queued is older than the loss and would be undone by the reading anyway. It must be gone before the reading starts:
    // the kernel queues nothing new until the queue is empty.
    private void Overrun()
    {
        Volatile.Write(ref _overruns, _overruns + 1);
        int error;
        do error = _events.Receive(_buffer, wait: false, out _);
        while (error is 0 or Errno.ENOBUFS);
        _stale = MirrorTable.All;
        _resynchronizing = true;
    }

    private void Take(NetlinkMessage message)
    {
        switch (message.Type)
        {
            case RTM_NEWNEIGH or RTM_DELNEIGH:
                _tables.TakeNeighbor(message);
                break;
            case RTM_NEWLINK or RTM_DELLINK:
                if (RouteMessages.TryReadLink(message, out KernelLink link) && _tables.Concerns(link, _names)) _stale |= MirrorTable.Links | MirrorTable.Routes;
                break;
            case RTM_NEWADDR or RTM_DELADDR:
                if (RouteMessages.TryReadAddress(message, out int index, out _, out _) && _tables.Interfaces.Contains(index))
                    _stale |= MirrorTable.Addresses | MirrorTable.Routes;
                break;
            case RTM_NEWROUTE or RTM_DELROUTE:
                if (RouteReader.IsMainTable(message)) _stale |= MirrorTable.Routes;
                break;
            case RTM_NEWNEXTHOP or RTM_DELNEXTHOP:
                _stale |= MirrorTable.Routes;
                break;
        }
    }
}
