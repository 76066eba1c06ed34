using System.Runtime.InteropServices;
using Sluice.Links.Native;

namespace Sluice.Links;

/// <summary>Lets a worker sleep until one of its queues has packets, another thread wakes it, or the time is over. It blocks; it never spins.</summary>
/// <remarks>Queues without a descriptor (<see cref="LinkQueue.PollDescriptor"/> below 0) can't wake it; their owner calls <see cref="Wake"/>.</remarks>
public sealed unsafe class Poller : IDisposable
{
    private readonly int _queues;
    private int _event;
    private PollEntry* _entries;

    /// <summary>Waits for these queues.</summary>
    public Poller(ReadOnlySpan<LinkQueue> queues)
    {
        _queues = queues.Length;
        _event = Polling.OpenEvent();
        _entries = (PollEntry*)NativeMemory.AllocZeroed((nuint)(_queues + 1), (nuint)sizeof(PollEntry));
        for (int i = 0; i < _queues; i++) _entries[i] = new PollEntry { Descriptor = queues[i].PollDescriptor, Events = Polling.POLLIN };
        _entries[_queues] = new PollEntry { Descriptor = _event, Events = Polling.POLLIN };
    }

    /// <summary>Waits; -1 milliseconds: without end.</summary>
    /// <returns>Whether a queue may have packets (false: woken by another thread, or the time is over).</returns>
    public bool Wait(int milliseconds)
    {
        ObjectDisposedException.ThrowIf(_entries is null, this);
        if (Polling.Wait(_entries, (nuint)(_queues + 1), milliseconds) <= 0) return false;
        if (_entries[_queues].Returned != 0) ClearEvent();
        bool ready = false;
        for (int i = 0; i < _queues; i++)
        {
            short returned = _entries[i].Returned;
            if (returned == 0) continue;
            ready = true;
            if ((returned & (Polling.POLLERR | Polling.POLLHUP | Polling.POLLNVAL)) != 0) SettleSlow(i);
        }

        return ready;
    }

    /// <summary>Ends the current wait, or the next one, from any thread; after <see cref="Dispose"/> it does nothing.</summary>
    public void Wake()
    {
        ulong one = 1;
        int descriptor = Volatile.Read(ref _event);
        if (descriptor >= 0) _ = Files.Write(descriptor, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_entries is null) return;
        Files.Close(Interlocked.Exchange(ref _event, -1));
        NativeMemory.Free(_entries);
        _entries = null;
        GC.SuppressFinalize(this);
    }

    private void ClearEvent()
    {
        ulong count;
        _ = Files.Read(_event, &count, sizeof(ulong));
    }

    // A socket's error (its interface went down) is told once and then gone: asking for it clears it. A descriptor that goes on
    // failing (its device is gone) would end every wait at once, so it is left out from now on; poll ignores negative descriptors.
    private void SettleSlow(int queue)
    {
        int error = 0;
        uint length = sizeof(int);
        int descriptor = _entries[queue].Descriptor;
        bool cleared = Sockets.GetOption(descriptor, Sockets.SOL_SOCKET, Sockets.SO_ERROR, &error, &length) == 0 && error != 0;
        if (!cleared) _entries[queue].Descriptor = -1;
    }
}
