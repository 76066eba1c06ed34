using Sluice.Packets.Addresses;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>Hears what changes in the kernel. All calls come from the mirror's own thread, one at a time, and carry differences only.</summary>
public interface IKernelObserver
{
    /// <summary>An interface appeared, went, or changed its state, MTU or Ethernet address.</summary>
    void LinkChanged(KernelLink link);

    /// <summary>The addresses on an interface changed; the list is whole and sorted.</summary>
    void AddressesChanged(int interfaceIndex, IReadOnlyList<InterfaceAddress> addresses);

    /// <summary>Routes changed; the list is whole, sorted by prefix and then by metric, and holds what goes out of our links or drops packets.</summary>
    void RoutesChanged(IReadOnlyList<KernelRoute> routes);

    /// <summary>A neighbour became usable, got another Ethernet address, failed, or went.</summary>
    /// <param name="interfaceIndex">The link that it is on.</param>
    /// <param name="address">Its address.</param>
    /// <param name="mac">Its Ethernet address, where it has one.</param>
    /// <param name="usable">Whether packets may be sent to it.</param>
    void NeighborChanged(int interfaceIndex, IpAddress address, MacAddress? mac, bool usable);

    /// <summary>Everything was read afresh, at the start and after an overrun, and the differences have been delivered.</summary>
    void Resynchronized();
}
