using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Links;

/// <summary>What a link can do by itself; the egress stage does the rest in software.</summary>
[Flags]
public enum LinkCapabilities : byte
{
    /// <summary>Takes finished packets only.</summary>
    None = 0,

    /// <summary>Completes partial transport checksums.</summary>
    Checksum = 1,

    /// <summary>Takes TCP super-frames over IPv4 and IPv6.</summary>
    TcpSegmentation = 2,

    /// <summary>Takes UDP super-frames.</summary>
    UdpSegmentation = 4,
}

/// <summary>Where packets come from and go to. One queue is opened for each worker; calls are made once a burst, never once a packet.</summary>
public abstract class Link : IDisposable
{
    /// <summary>The link's name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Whether frames start with an Ethernet header (else with the IP header).</summary>
    public abstract bool HasEthernet { get; }

    /// <summary>The link's Ethernet address (zero without Ethernet).</summary>
    public abstract MacAddress Mac { get; }

    /// <summary>The largest IP packet that it sends.</summary>
    public abstract int Mtu { get; }

    /// <summary>The kernel's interface index, or 0 where there is none.</summary>
    public virtual int InterfaceIndex => 0;

    /// <summary>The VLAN that the link speaks (IEEE 802.1Q); 0: untagged frames.</summary>
    /// <remarks>The parser refuses other frames; who writes link headers writes the tag.</remarks>
    public ushort Vlan { get; init; }

    /// <summary>What the link does by itself.</summary>
    public abstract LinkCapabilities Capabilities { get; }

    /// <summary>Opens the queue of one worker.</summary>
    /// <param name="worker">0 to <paramref name="workers"/> - 1.</param>
    /// <param name="workers">How many queues will be opened; received packets are spread over them by flow.</param>
    /// <exception cref="LinkException">The device is missing or the privilege to open it is.</exception>
    public abstract LinkQueue OpenQueue(int worker, int workers);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the link itself holds; queues are closed by their workers.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>One worker's end of a link. Used by one thread.</summary>
public abstract unsafe class LinkQueue : IDisposable
{
    /// <summary>A file descriptor that polls readable when packets wait, or -1 where there is none.</summary>
    public abstract int PollDescriptor { get; }

    /// <summary>Receives up to <paramref name="max"/> packets: sets data, length, offload fields, flags, VLAN tag and handle, and clears the rest.</summary>
    /// <remarks>Bytes stay valid, and may be rewritten in place, until <see cref="Release"/>. Frames that the kernel lost are in <see cref="Statistics"/>.</remarks>
    public abstract int Receive(Packet* packets, int max);

    /// <summary>Sends packets, in order, and waits until their bytes are no longer needed.</summary>
    /// <remarks>A packet that the link refuses gets verdict <see cref="Verdict.Drop"/> with <see cref="DropReason.LinkFull"/>; the others go on.</remarks>
    /// <returns>How many were sent.</returns>
    public abstract int Send(Packet** packets, int count);

    /// <summary>Gives the bytes of all received packets back to the link.</summary>
    public abstract void Release();

    /// <summary>What the queue itself counted.</summary>
    public abstract LinkStatistics Statistics { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the queue.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>Counts of one queue: what the worker's counters can't see.</summary>
/// <param name="Received">Packets handed to the worker.</param>
/// <param name="Sent">Packets that the link took.</param>
/// <param name="Refused">Packets that the link did not take.</param>
/// <param name="Lost">Frames that were lost before the worker could receive them (ring or socket buffer full).</param>
public readonly record struct LinkStatistics(ulong Received, ulong Sent, ulong Refused, ulong Lost);

/// <summary>A link could not be opened: one line that says what is missing and how to get it.</summary>
public sealed class LinkException(string message, Exception? inner = null) : Exception(message, inner);
