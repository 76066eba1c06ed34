using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Tests.Live;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Tests.Kernel.Mirror;

/// <summary>An observer that remembers what it was told, so that it can be compared with the kernel.</summary>
internal sealed class Recorder : IKernelObserver
{
    private readonly Lock _gate = new();

    public Dictionary<string, KernelLink> Links { get; } = [];

    public Dictionary<int, IReadOnlyList<InterfaceAddress>> Addresses { get; } = [];

    public Dictionary<(int Interface, IpAddress Address), MacAddress?> Usable { get; } = [];

    public List<(IpAddress Address, MacAddress? Mac, bool Usable)> NeighborEvents { get; } = [];

    public IReadOnlyList<KernelRoute> Routes { get; private set; } = [];

    public int RouteEvents { get; private set; }

    public int Resynchronizations { get; private set; }

    /// <summary>Lets the observer go on when it is told of a neighbour; reset, it stands still there.</summary>
    public ManualResetEventSlim HearsNeighbors { get; } = new(initialState: true);

    public T Read<T>(Func<Recorder, T> read)
    {
        lock (_gate) return read(this);
    }

    public void Until(Func<Recorder, bool> condition, string what) => Waiting.Until(() => Read(condition), what);

    public void LinkChanged(KernelLink link)
    {
        lock (_gate) Links[link.Name] = link;
    }

    public void AddressesChanged(int interfaceIndex, IReadOnlyList<InterfaceAddress> addresses)
    {
        lock (_gate) Addresses[interfaceIndex] = addresses;
    }

    public void RoutesChanged(IReadOnlyList<KernelRoute> routes)
    {
        lock (_gate)
        {
            Routes = routes;
            RouteEvents++;
        }
    }

    public void NeighborChanged(int interfaceIndex, IpAddress address, MacAddress? mac, bool usable)
    {
        HearsNeighbors.Wait();
        lock (_gate)
        {
            NeighborEvents.Add((address, mac, usable));
            if (usable) Usable[(interfaceIndex, address)] = mac;
            else Usable.Remove((interfaceIndex, address));
        }
    }

    public void Resynchronized()
    {
        lock (_gate) Resynchronizations++;
    }
}
