using System.Globalization;
using System.Net.Sockets;
using Sluice.Links;

namespace Sluice.Gateway.Live;

/// <summary>
/// Keeps a second gateway off the interfaces of this one: both would hear every packet, and each would forward it. A claim is an abstract Unix socket, which
/// belongs to the network namespace of the thread that makes it and dies with the process.
/// </summary>
internal sealed class InterfaceClaims : IDisposable
{
    private readonly Dictionary<int, Socket> claims = [];

    /// <summary>Claims an interface; again is no harm.</summary>
    /// <exception cref="LinkException">Another gateway has it.</exception>
    public void Claim(int interfaceIndex, string device)
    {
        if (claims.ContainsKey(interfaceIndex)) return;
        var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            claim.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0sluice/link/{interfaceIndex}")));
            claims.Add(interfaceIndex, claim);
        }
        catch (SocketException e)
        {
            claim.Dispose();
            throw new LinkException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"interface {device} is a link of another gateway that runs; stop that one, or give this one another interface"
                    : $"interface {device} can't be claimed: {e.Message}", e);
        }
    }

    /// <summary>Gives up what isn't among these interfaces.</summary>
    public void KeepOnly(IReadOnlySet<int> interfaces)
    {
        foreach (int interfaceIndex in claims.Keys.Where(i => !interfaces.Contains(i)).ToList())
            if (claims.Remove(interfaceIndex, out Socket? claim)) claim.Dispose();
    }

    /// <summary>Gives up all.</summary>
    public void Dispose() => KeepOnly(new HashSet<int>());
}
