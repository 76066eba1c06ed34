using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Gateway.Composition;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Health;

/// <summary>How the gateway's own sockets come to a backend: the way that clients' packets take.</summary>
/// <param name="Device">The interface that they are bound to; null: none, the kernel's routes decide.</param>
/// <param name="Obstacle">Why there is no way: what it comes to.</param>
public readonly record struct ProbePath(string? Device, ProbeResult? Obstacle)
{
    private const int SocketLevel = 1;
    private const int BindToDevice = 25;

    /// <summary>Finds the way to an address of a realm.</summary>
    public static ProbePath Find(ComposedGateway gateway, ushort realm, IpAddress address)
    {
        RouteLookup found = gateway.Engine.Rules.Routes.Look(realm, address);

        // The host's own address: nothing leaves.
        if (found.IsOwn) return default;
        if (found.Route is not { } route) return new ProbePath(null, ProbeResult.Failed("there is no route to it"));
        (LinkSpec? spec, LinkPort? port) = gateway.Links.FirstOrDefault(link => link.Port.Index == route.Link);
        if (spec is null || port is null || port.Link.InterfaceIndex == 0)
            return new ProbePath(null, ProbeResult.Impossible("the link that leads to it is no interface of the kernel's"));

        // What is behind such a link is the kernel itself, and whatever it forwards to.
        if (spec.Driver is LinkDriver.Tun or LinkDriver.Tap) return default;
        return spec.Vlan is null
            ? new ProbePath(spec.Device, null)
            : new ProbePath(null, ProbeResult.Impossible($"link {spec.Name} is a VLAN, on which the kernel has no address"));
    }

    /// <summary>Makes a socket that leaves by this way, in the network namespace of the calling thread.</summary>
    public Socket Open(IPAddress to, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(to.AddressFamily, type, protocol);
        try
        {
            if (Device is not null) socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.UTF8.GetBytes(Device + '\0'));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
