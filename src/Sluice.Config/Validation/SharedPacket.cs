using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>A packet that two exposes both claim: what makes an overlap plain to see.</summary>
internal static class SharedPacket
{
    /// <summary>For two public sides: who sends it, and where to.</summary>
    public static string To(PortedPrefix a, PortedPrefix b, Expose first, Expose second, string viewer) =>
        $"{Protocol(a, b, first, second)} from '{viewer}' to {Endpoint(a, b)} meets both";

    /// <summary>For two private sides: what sends it, and to whom.</summary>
    public static string From(PortedPrefix a, PortedPrefix b, Expose first, Expose second, string viewer) =>
        $"{Protocol(a, b, first, second)} from {Endpoint(a, b)} to '{viewer}' meets both";

    private static string Protocol(PortedPrefix a, PortedPrefix b, Expose first, Expose second)
    {
        if (a.Ports.IsAll && b.Ports.IsAll) return "a packet";
        bool udp = first.Forward?.Protocol == ForwardProtocol.Udp || second.Forward?.Protocol == ForwardProtocol.Udp;
        return udp ? "UDP" : "TCP";
    }

    // The first address and the first port that both have.
    private static string Endpoint(PortedPrefix a, PortedPrefix b)
    {
        IpAddress address = a.Prefix.Length > b.Prefix.Length ? a.Prefix.Address : b.Prefix.Address;
        if (a.Ports.IsAll && b.Ports.IsAll) return address.ToString();
        int port = Math.Max(a.Ports.First, b.Ports.First);
        string host = address.IsV4 ? address.ToString() : $"[{address}]";
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
    }
}
