using System.Globalization;

namespace Sluice.Packets.Addresses;

/// <summary>The ports from <see cref="First"/> to <see cref="Last"/>, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Every port, 0 included: what "no ports given" means.</summary>
    public static PortRange All => new(0, ushort.MaxValue);

    /// <summary>How many ports it has.</summary>
    public int Count => Last - First + 1;

    /// <summary>Whether it is every port.</summary>
    public bool IsAll => First == 0 && Last == ushort.MaxValue;

    /// <summary>Whether the port lies in the range.</summary>
    public bool Contains(ushort port) => port >= First && port <= Last;

    /// <summary>Whether the two ranges share a port.</summary>
    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    /// <summary>"80" or "8000-8100".</summary>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
