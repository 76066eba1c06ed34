using System.Globalization;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads "80" and "3000-3100": digits and one hyphen, nothing else.</summary>
internal static class PortText
{
    public static bool TryParse(string text, out PortRange ports)
    {
        ports = default;
        int hyphen = text.IndexOf('-', StringComparison.Ordinal);
        ReadOnlySpan<char> first = hyphen < 0 ? text : text.AsSpan(0, hyphen);
        ReadOnlySpan<char> last = hyphen < 0 ? first : text.AsSpan(hyphen + 1);
        if (!TryPort(first, out ushort a) || !TryPort(last, out ushort b) || a > b) return false;
        ports = new PortRange(a, b);
        return true;
    }

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
    }
}
