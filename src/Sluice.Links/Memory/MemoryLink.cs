using System.Diagnostics.CodeAnalysis;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Memory;

/// <summary>A link without a kernel: frames are injected and what was sent is collected. Replay, scenarios and unit tests run on it.</summary>
/// <remarks>
/// <para>Injected frames are spread over the workers by flow when the first queue asks for them, in the order of injection, so the outcome doesn't depend on timing.</para>
/// <para>Its capabilities are binding: a packet that asks for more than them is refused, as a real device would.</para>
/// </remarks>
public sealed class MemoryLink : Link
{
    private readonly Lock _gate = new();
    private readonly Queue<Injected> _arriving = new();
    private readonly List<SentFrame> _sent = [];
    private Queue<Injected>[] _waiting = [];

    /// <summary>Makes a link with nothing in it.</summary>
    /// <param name="name">Its name in the configuration.</param>
    /// <param name="ethernet">Whether frames have an Ethernet header.</param>
    /// <param name="mac">Its Ethernet address; absent: 02:00:00:00:00:01 with Ethernet, zero without.</param>
    /// <param name="mtu">The largest IP packet that it sends.</param>
    /// <param name="capabilities">What it does by itself; absent: nothing, so everything that is sent is a finished packet.</param>
    [SetsRequiredMembers]
    public MemoryLink(string name, bool ethernet = true, MacAddress? mac = null, int mtu = 1500, LinkCapabilities capabilities = LinkCapabilities.None)
    {
        Name = name;
        HasEthernet = ethernet;
        Mac = mac ?? (ethernet ? new MacAddress(0x020000000001) : default);
        Mtu = mtu;
        Capabilities = capabilities;
    }

    /// <inheritdoc/>
    public override bool HasEthernet { get; }

    /// <inheritdoc/>
    public override MacAddress Mac { get; }

    /// <inheritdoc/>
    public override int Mtu { get; }

    /// <inheritdoc/>
    public override LinkCapabilities Capabilities { get; }

    /// <summary>Whether sent frames are kept. A benchmark turns it off: keeping allocates.</summary>
    public bool KeepsSent { get; set; } = true;

    /// <summary>How many of the next packets the link refuses, as a full device would.</summary>
    public int RefusesNext { get; set; }

    /// <summary>Called after each injection; wakes a worker that blocks (the link has no descriptor to poll).</summary>
    public Action? Injecting { get; set; }

    /// <summary>Called with each sent frame, on the worker's thread, even where frames are not kept.</summary>
    public Action<SentFrame>? Sending { get; set; }

    /// <summary>Frames that were injected and not received yet.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                int pending = _arriving.Count;
                foreach (Queue<Injected> queue in _waiting) pending += queue.Count;
                return pending;
            }
        }
    }

    /// <summary>Puts a copy of a frame before the workers.</summary>
    /// <param name="frame">Its bytes.</param>
    /// <param name="offload">What the sender left to hardware.</param>
    /// <param name="worker">The worker that gets it; absent: chosen by its flow.</param>
    public void Inject(ReadOnlySpan<byte> frame, in FrameOffload offload = default, int? worker = null)
    {
        lock (_gate) _arriving.Enqueue(new Injected(frame.ToArray(), offload, worker));
        Injecting?.Invoke();
    }

    /// <summary>Puts a sent frame of another link before the workers, with everything that was left to hardware.</summary>
    public void Inject(SentFrame frame) => Inject(frame.Bytes, frame.Offload);

    /// <summary>Takes away and returns what was sent so far, in order.</summary>
    public IReadOnlyList<SentFrame> TakeSent()
    {
        lock (_gate)
        {
            SentFrame[] sent = [.. _sent];
            _sent.Clear();
            return sent;
        }
    }

    /// <inheritdoc/>
    public override LinkQueue OpenQueue(int worker, int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(worker, workers);
        lock (_gate)
        {
            if (_waiting.Length == 0) _waiting = [.. Enumerable.Range(0, workers).Select(_ => new Queue<Injected>())];
            if (_waiting.Length != workers) throw new LinkException($"link {Name}: opened for {_waiting.Length} workers before, now for {workers}");
        }

        return new MemoryQueue(this, worker);
    }

    internal bool TryTake(int worker, [NotNullWhen(true)] out Injected? frame)
    {
        lock (_gate)
        {
            while (_arriving.TryDequeue(out Injected? next))
                _waiting[next.Worker ?? FlowSpread.WorkerOf(next.Bytes, HasEthernet, _waiting.Length)].Enqueue(next);
            return _waiting[worker].TryDequeue(out frame);
        }
    }

    internal bool TakesNext()
    {
        lock (_gate)
        {
            if (RefusesNext == 0) return true;
            RefusesNext--;
            return false;
        }
    }

    internal void Collect(SentFrame frame)
    {
        if (KeepsSent)
        {
            lock (_gate) _sent.Add(frame);
        }

        Sending?.Invoke(frame);
    }

    internal sealed record Injected(byte[] Bytes, FrameOffload Offload, int? Worker);
}
