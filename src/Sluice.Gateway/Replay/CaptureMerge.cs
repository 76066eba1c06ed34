using Sluice.Packets.Captures;

namespace Sluice.Gateway.Replay;

/// <summary>One packet of the merged captures.</summary>
/// <param name="Number">Counts from 1 over all captures.</param>
/// <param name="Input">Which input it came from, by the order of the options.</param>
/// <param name="Record">The packet; its bytes are valid until the next one is taken.</param>
public readonly record struct MergedPacket(long Number, int Input, CaptureRecord Record);

/// <summary>Merges captures by time stamp; packets with equal stamps come in the order of the options.</summary>
/// <remarks>A capture is taken in its own order: a packet stamped earlier than the one before it comes right after it.</remarks>
public sealed class CaptureMerge : IDisposable
{
    private readonly CaptureReader[] readers;
    private readonly CaptureRecord?[] heads;
    private readonly Func<int, CaptureRecord, bool> accepts;
    private int taken = -1;
    private long number;

    /// <summary>Merges captures that are open.</summary>
    /// <param name="readers">The captures, which the merge then owns.</param>
    /// <param name="accepts">Whether an input can use a packet; one that can't is passed over and counted in <see cref="PassedOver"/>.</param>
    public CaptureMerge(IEnumerable<CaptureReader> readers, Func<int, CaptureRecord, bool> accepts)
    {
        this.readers = [.. readers];
        this.accepts = accepts;
        heads = new CaptureRecord?[this.readers.Length];
        PassedOver = new long[this.readers.Length];
        for (int i = 0; i < heads.Length; i++) Advance(i);
    }

    /// <summary>Packets of each input that were of no use to it.</summary>
    public long[] PassedOver { get; }

    /// <summary>The stamp of the packet that comes next; null at the end.</summary>
    public long? NextTime
    {
        get
        {
            AdvanceTaken();
            int next = Earliest();
            return next < 0 ? null : heads[next]!.Value.TimeNanoseconds;
        }
    }

    /// <summary>The input that the next packet comes from; -1 at the end.</summary>
    public int NextInput
    {
        get
        {
            AdvanceTaken();
            return Earliest();
        }
    }

    /// <summary>Takes the next packet; false at the end.</summary>
    public bool TryNext(out MergedPacket packet)
    {
        AdvanceTaken();
        int next = Earliest();
        if (next < 0)
        {
            packet = default;
            return false;
        }

        packet = new MergedPacket(++number, next, heads[next]!.Value);
        taken = next;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CaptureReader reader in readers) reader.Dispose();
    }

    // The reader that gave the last packet is moved on only now, since that overwrites the packet's bytes.
    private void AdvanceTaken()
    {
        if (taken < 0) return;
        Advance(taken);
        taken = -1;
    }

    private void Advance(int input)
    {
        heads[input] = null;
        while (readers[input].TryRead(out CaptureRecord record))
        {
            if (accepts(input, record))
            {
                heads[input] = record;
                return;
            }

            PassedOver[input]++;
        }
    }

    private int Earliest()
    {
        int earliest = -1;
        for (int i = 0; i < heads.Length; i++)
        {
            if (heads[i] is { } head && (earliest < 0 || head.TimeNanoseconds < heads[earliest]!.Value.TimeNanoseconds)) earliest = i;
        }

        return earliest;
    }
}
