using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Scenarios;

/// <summary>What a scenario may ask of a frame that the packet's line doesn't tell.</summary>
internal static class FrameFacts
{
    private const int VlanType = 0x8100;

    /// <summary>What differs from what is asked; null where nothing does.</summary>
    public static string? Differs(byte[] frame, bool ethernet, string[] asked)
    {
        for (int i = 0; i < asked.Length; i++)
        {
            string fact = asked[i];
            string? value = fact is "df" or "nochecksum" or "quotedchecksums" ? null : asked[++i];
            string found = Of(fact, frame, ethernet);
            if (found != (value ?? "yes")) return $"{fact} is {found}";
        }

        return null;
    }

    private static string Of(string fact, byte[] frame, bool ethernet)
    {
        byte[] ip = !ethernet ? frame : frame[(BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == VlanType ? 18 : 14)..];
        bool v4 = ip[0] >> 4 == 4;
        int header = v4 ? (ip[0] & 15) * 4 : 40;
        return fact switch
        {
            "to" => MacAddress.FromBytes(frame).ToString(),
            "from" => MacAddress.FromBytes(frame.AsSpan(6)).ToString(),
            "df" => (ip[6] & 0x40) != 0 ? "yes" : "no",
            "ipid" => Text(BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(4))),
            "tos" => Text(v4 ? ip[1] : (ip[0] & 15) << 4 | ip[1] >> 4),
            "ipoptions" => Text(header - 20),
            "nochecksum" => ip[header + 6] == 0 && ip[header + 7] == 0 ? "yes" : "no",
            "quotedchecksums" => QuotedChecksum.Holds(ip.AsSpan(header + 8)) ? "yes" : "no",
            "mss" => Mss(ip.AsSpan(header)),
            "payload" => Encoding.UTF8.GetString(ip.AsSpan(header + (ip[v4 ? 9 : 6] == IpProtocol.Udp ? 8 : ip[header + 12] >> 4 << 2))),
            "tcpseq" => Text(BinaryPrimitives.ReadUInt32BigEndian(ip.AsSpan(header + 4))),
            "tcpack" => Text(BinaryPrimitives.ReadUInt32BigEndian(ip.AsSpan(header + 8))),
            _ => throw new FormatException($"'{fact}' can't be asked of a frame"),
        };
    }

    // The scenarios write the maximum segment size as the first option.
    private static string Mss(ReadOnlySpan<byte> tcp) =>
        tcp[12] >> 4 > 5 && tcp[20] == 2 ? Text(BinaryPrimitives.ReadUInt16BigEndian(tcp[22..])) : "absent";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
