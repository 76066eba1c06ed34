using System.Diagnostics.CodeAnalysis;
using Sluice.Links.Native;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Tun;

/// <summary>A TUN device of our own: bare IP packets to and from the host's stack, super-frames whole. It exists as long as the process.</summary>
public sealed class TunLink : Link
{
    private readonly Lock _gate = new();
    private readonly string _device;
    private readonly string? _networkNamespace;
    private readonly int _mtu;
    private readonly bool _multiQueue;
    private readonly int _index;
    private readonly LinkCapabilities _capabilities;

    // The device is made with its first queue, and its index and capabilities are known from then on; the first worker takes this descriptor over.
    private int _first = -1;

    /// <summary>Makes the device, sets its MTU and brings it up.</summary>
    /// <param name="name">The link's name in the configuration.</param>
    /// <param name="device">The interface's name.</param>
    /// <param name="mtu">Its MTU.</param>
    /// <param name="networkNamespace">Name or path of the namespace where the interface appears; absent: the caller's.</param>
    /// <param name="multiQueue">Whether more than one worker will open a queue.</param>
    /// <exception cref="LinkException">The driver or the privilege is missing, or the name is taken.</exception>
    [SetsRequiredMembers]
    public TunLink(string name, string device, int mtu = 1500, string? networkNamespace = null, bool multiQueue = false)
    {
        Name = name;
        _device = device;
        _networkNamespace = networkNamespace;
        _mtu = mtu;
        _multiQueue = multiQueue;
        int index = 0;
        LinkCapabilities capabilities = LinkCapabilities.None;
        try
        {
            NetworkNamespace.Run(networkNamespace, () =>
            {
                _first = TunDevice.Open(device, multiQueue);
                capabilities = TunDevice.Offload(_first);
                NetworkInterface.ChangeMtu(device, mtu);
                NetworkInterface.BringUp(device);
                index = NetworkInterface.Read(device).Index;
            });
        }
        catch (LinkException)
        {
            Dispose();
            throw;
        }

        _index = index;
        _capabilities = capabilities;
    }

    /// <inheritdoc/>
    public override bool HasEthernet => false;

    /// <inheritdoc/>
    public override MacAddress Mac => default;

    /// <inheritdoc/>
    public override int Mtu => _mtu;

    /// <inheritdoc/>
    public override int InterfaceIndex => _index;

    /// <inheritdoc/>
    public override LinkCapabilities Capabilities => _capabilities;

    /// <inheritdoc/>
    public override LinkQueue OpenQueue(int worker, int workers)
    {
        if (workers > 1 && !_multiQueue) throw new LinkException($"link {Name}: made for one worker, opened for {workers}");
        lock (_gate)
        {
            int descriptor = Interlocked.Exchange(ref _first, -1);
            if (descriptor < 0)
            {
                NetworkNamespace.Run(_networkNamespace, () =>
                {
                    descriptor = TunDevice.Open(_device, _multiQueue);
                    TunDevice.Offload(descriptor);
                });
            }

            return new TunQueue(descriptor);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Files.Close(Interlocked.Exchange(ref _first, -1));
        base.Dispose(disposing);
    }
}
