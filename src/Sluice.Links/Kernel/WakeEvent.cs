using static Sluice.Links.Kernel.KernelCalls;

namespace Sluice.Links.Kernel;

/// <summary>An eventfd: wakes a thread that polls, from any thread and without a lock.</summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    private int _descriptor;

    public WakeEvent()
    {
        _descriptor = EventDescriptor(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (_descriptor < 0) throw new LinkException($"cannot make an event descriptor: {Describe(LastError)}");
    }

    public void Set()
    {
        ulong one = 1;
        _ = Write(_descriptor, &one, 8);
    }

    /// <summary>Waits until the event is set, <paramref name="descriptor"/> is readable, or the time is over; clears the event.</summary>
    public void Wait(int descriptor, int milliseconds)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = _descriptor, Events = POLLIN };
        entries[1] = new PollEntry { Descriptor = descriptor, Events = POLLIN };
        if (Poll(entries, descriptor < 0 ? 1u : 2u, milliseconds) <= 0 || entries[0].Returned == 0) return;
        ulong count;
        _ = Read(_descriptor, &count, 8);
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _ = Close(descriptor);
    }
}
