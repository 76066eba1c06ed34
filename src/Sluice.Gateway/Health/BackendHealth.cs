using Sluice.Packets.Addresses;
using Sluice.Policy.Translations;

namespace Sluice.Gateway.Health;

/// <summary>How well a backend is, as far as the gateway knows.</summary>
/// <param name="IsUp">Whether it gets new sessions.</param>
/// <param name="Since">Since when.</param>
/// <param name="LastError">What was wrong the last time that something was: a sentence without its full stop; null: nothing yet.</param>
/// <param name="IsEjected">Whether it is out because of clients' connections, for a while.</param>
/// <param name="Check">How it is asked: tcp, http, udp, icmp; none: clients' connections alone tell.</param>
public sealed record BackendHealth(bool IsUp, DateTimeOffset Since, string? LastError, bool IsEjected, string Check);

/// <summary>By what a backend is the same backend from one configuration to the next: whose it is, and where it is reached.</summary>
/// <param name="Translation">The translation's name.</param>
/// <param name="Address">The backend's address.</param>
/// <param name="Port">Its first port; null: that of the virtual IP.</param>
public readonly record struct BackendKey(string Translation, IpAddress Address, ushort? Port)
{
    /// <summary>The key of a backend; false of one that has no address of its own: nobody knows where to ask.</summary>
    public static bool TryGet(VirtualService service, Backend backend, out BackendKey key)
    {
        key = new BackendKey(service.Name, backend.Address ?? default, backend.FirstPort);
        return backend.Address is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Port is { } port ? Address.IsV4 ? $"{Address}:{port}" : $"[{Address}]:{port}" : Address.ToString();
}
