using Sluice.Links.Native;

namespace Sluice.Links.Kernel;

/// <summary>Wakes a thread that waits for a descriptor, from any thread and without a lock.</summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    private int _event = Polling.OpenEvent();

    public void Set()
    {
        ulong one = 1;
        int descriptor = Volatile.Read(ref _event);
        if (descriptor >= 0) _ = Files.Write(descriptor, &one, sizeof(ulong));
    }

    /// <summary>Waits until the event is set, <paramref name="descriptor"/> (if not negative) is readable, or the time is over; clears the event.</summary>
    public void Wait(int descriptor, int milliseconds)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = _event, Events = Polling.POLLIN };
        entries[1] = new PollEntry { Descriptor = descriptor, Events = Polling.POLLIN };
        if (Polling.Wait(entries, 2, milliseconds) <= 0 || entries[0].Returned == 0) return;
        ulong count;
        _ = Files.Read(_event, &count, sizeof(ulong));
    }

    public void Dispose() => Files.Close(Interlocked.Exchange(ref _event, -1));
}
