using System.Diagnostics.CodeAnalysis;
using Sluice.Links.Native;
using Sluice.Packets.Addresses;

namespace Sluice.Links.AfPacket;

/// <summary>An interface of the kernel's, tapped by packet sockets: any kind, with unmodified kernel peers, super-frames passed on whole.</summary>
/// <remarks>The kernel still receives each frame itself; silencing it is not the link's part.</remarks>
public sealed class AfPacketLink : Link
{
    // Kernels before 6.2 refuse the UDP segmentation type from user space.
    private static readonly Version UdpSegmentationSince = new(6, 2);

    private readonly string _device;
    private readonly string? _networkNamespace;
    private readonly FanOutGroup _group = new();
    private readonly NetworkInterface _interface;
    private readonly int _mtu;

    /// <summary>Looks an interface up; sockets are opened with the queues.</summary>
    /// <param name="name">The link's name in the configuration.</param>
    /// <param name="device">The interface.</param>
    /// <param name="mtu">A smaller MTU than the interface's; absent: the interface's.</param>
    /// <param name="networkNamespace">Name or path of the namespace that the interface is in; absent: the caller's.</param>
    /// <exception cref="LinkException">The interface is missing, down or of a kind that carries no IP.</exception>
    [SetsRequiredMembers]
    public AfPacketLink(string name, string device, int? mtu = null, string? networkNamespace = null)
    {
        Name = name;
        _device = device;
        _networkNamespace = networkNamespace;
        NetworkInterface found = default;
        NetworkNamespace.Run(networkNamespace, () => found = NetworkInterface.Read(device));
        _interface = found;
        if (!found.HasEthernet && !found.IsBareIp)
            throw new LinkException($"link {name}: interface {device} carries neither Ethernet nor bare IP (hardware type {found.HardwareType})");
        if (!found.IsUp) throw new LinkException($"link {name}: interface {device} is down; bring it up with `ip link set {device} up`");
        if (mtu > found.Mtu)
            throw new LinkException($"link {name}: mtu {mtu} is above the {found.Mtu} of interface {device}; raise that with `ip link set {device} mtu {mtu}`");
        _mtu = mtu ?? found.Mtu;
    }

    /// <inheritdoc/>
    public override bool HasEthernet => _interface.HasEthernet;

    /// <inheritdoc/>
    public override MacAddress Mac => _interface.HasEthernet ? _interface.Mac : default;

    /// <inheritdoc/>
    public override int Mtu => _mtu;

    /// <inheritdoc/>
    public override int InterfaceIndex => _interface.Index;

    /// <inheritdoc/>
    public override LinkCapabilities Capabilities { get; } = LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation
        | (Environment.OSVersion.Version >= UdpSegmentationSince ? LinkCapabilities.UdpSegmentation : LinkCapabilities.None);

    /// <inheritdoc/>
    public override LinkQueue OpenQueue(int worker, int workers)
    {
        AfPacketQueue? queue = null;
        NetworkNamespace.Run(_networkNamespace, () => queue = new AfPacketQueue(_device, _interface.Index, workers > 1 ? _group : null));
        return queue!;
    }
}
