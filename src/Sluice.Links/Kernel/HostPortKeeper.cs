using System.Numerics;
using Sluice.Links.Kernel.Silence;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Kernel;

/// <summary>Where ports are taken out of the pools: the owner of the pools behind a narrow door.</summary>
public interface IHostPortClaims
{
    /// <summary>Takes a port for the host; false if a session holds it now.</summary>
    bool Claim(IpAddress address, byte protocol, ushort port);

    /// <summary>Gives a port back, or takes back a claim that was answered with false.</summary>
    void Release(IpAddress address, byte protocol, ushort port);
}

/// <summary>Ports of the host's addresses that the configuration gives away: what comes to them is never the host's.</summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Ports">The ports.</param>
public readonly record struct GivenPorts(IpRange Addresses, byte Protocol, PortRange Ports);

/// <summary>Keeps the host's TCP and UDP ports on masqueraded link addresses the host's: out of the pool, and heard by the kernel.</summary>
/// <remarks>
/// A port that the host begins to use while a session holds it is asked for again at every update and goes to the host when the session has ended; until then
/// the packets are the session's. Used by one thread.
/// </remarks>
public sealed unsafe class HostPortKeeper(HostPorts ports, OwnAddresses own, IHostPortClaims claims) : IDisposable
{
    private const int Words = 1024;

    private static readonly byte[] Protocols = [IpProtocol.Tcp, IpProtocol.Udp];

    private readonly Dictionary<(IpAddress Address, byte Protocol), ulong[]> _held = [];
    private readonly ulong[] _wanted = new ulong[Words];

    /// <summary>Reads the host's sockets and changes claims and host bits by the difference. Once a second is meant.</summary>
    /// <param name="masqueraded">The link addresses that sessions may be masqueraded to; those of earlier calls that are absent are given up.</param>
    /// <param name="given">What the configuration forwards: it goes before whatever the host does with such a port.</param>
    /// <exception cref="LinkException">The kernel refuses the reading, or there are too many addresses.</exception>
    public void Update(IReadOnlyCollection<IpAddress> masqueraded, IReadOnlyCollection<GivenPorts> given)
    {
        ports.Refresh();
        foreach ((IpAddress Address, byte Protocol) key in _held.Keys.Where(key => !masqueraded.Contains(key.Address)).ToArray())
        {
            Array.Clear(_wanted);
            Change(key.Address, key.Protocol);
            _held.Remove(key);
        }

        foreach (IpAddress address in masqueraded)
        {
            foreach (byte protocol in Protocols)
            {
                Array.Clear(_wanted);
                ports.CopyTo(address, protocol, _wanted);
                foreach (GivenPorts away in given)
                    if (away.Protocol == protocol && away.Addresses.Contains(address)) Clear(away.Ports);
                Change(address, protocol);
            }
        }
    }

    /// <summary>Gives every port back.</summary>
    public void Dispose()
    {
        Array.Clear(_wanted);
        foreach ((IpAddress address, byte protocol) in _held.Keys) Change(address, protocol);
        _held.Clear();
    }

    private void Clear(PortRange range)
    {
        for (uint port = range.First; port <= range.Last; port++) _wanted[port / 64] &= ~(1UL << (int)(port % 64));
    }

    private void Change(IpAddress address, byte protocol)
    {
        if (!_held.TryGetValue((address, protocol), out ulong[]? held)) _held[(address, protocol)] = held = new ulong[Words];
        ulong* bits = own.HostBits(address, protocol);
        for (int word = 0; word < Words; word++)
        {
            for (ulong difference = held[word] ^ _wanted[word]; difference != 0; difference &= difference - 1)
            {
                ulong bit = difference & (0 - difference);
                ushort port = (ushort)(word * 64 + BitOperations.TrailingZeroCount(bit));
                if ((_wanted[word] & bit) == 0)
                {
                    // First the kernel stops hearing the port, then the pool may give it out.
                    Interlocked.And(ref bits[word], ~bit);
                    claims.Release(address, protocol, port);
                    held[word] &= ~bit;
                }
                else if (claims.Claim(address, protocol, port))
                {
                    Interlocked.Or(ref bits[word], bit);
                    held[word] |= bit;
                }
                else
                {
                    claims.Release(address, protocol, port);
                }
            }
        }
    }
}
