using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>One end as a command names it: an address, a link whose address is meant, or neither; and a port, where 0 is none.</summary>
internal readonly record struct Endpoint(IpAddress? Address, NamedSpec? Link, IpFamily? Family, ushort Port, Place Place, Place PortPlace);

/// <summary>Where a translation leads, and how the source is changed on the way.</summary>
internal readonly record struct EndpointTuple(Endpoint? Source, Endpoint Destination, bool Direct);

/// <summary>Reads ends: <c>ADDRESS [PORT]</c>, <c>LINK [v6] [PORT]</c>, <c>PORT</c>; and pairs of them: <c>[END]->END[:nonat]</c>.</summary>
internal static class EndpointReader
{
    private const string Arrow = "->";
    private const string NoNat = ":nonat";

    /// <summary>Reads the words of one end.</summary>
    /// <param name="words">The words.</param>
    /// <param name="place">Where they are missing, if there are none.</param>
    /// <param name="command">The command.</param>
    /// <param name="next">The words that may follow an end, for who mistypes one.</param>
    public static Endpoint? Read(ReadOnlySpan<Word> words, Place place, Words command, ReadOnlySpan<string> next)
    {
        if (words.IsEmpty)
        {
            command.Problems.Error(place, "", ConfigRule.Syntax, "expected an address, a link or a port behind it");
            return null;
        }

        Word first = words[0];
        if (first.Text == Probe.Mark) command.Wrong(first, "an address");
        if (IpAddress.TryParse(first.Text, out IpAddress address))
            return WithPort(new Endpoint(address, null, address.Family, 0, first.Place, first.Place), words[1..], command, next);
        if (first.IsDigits && words.Length == 1) return WithPort(new Endpoint(null, null, null, 0, first.Place, first.Place), words, command, next);
        if (command.LinkName(first) is not { } link) return null;
        bool isV6 = words.Length > 1 && words[1].Text == "v6";
        return WithPort(new Endpoint(null, link, isV6 ? IpFamily.V6 : IpFamily.V4, 0, first.Place, first.Place), words[(isV6 ? 2 : 1)..], command, next);
    }

    /// <summary>Reads the words of a pair.</summary>
    /// <param name="words">The words.</param>
    /// <param name="place">Where they are missing, if there are none.</param>
    /// <param name="command">The command.</param>
    /// <param name="next">The words that may follow a pair, for who mistypes one.</param>
    public static EndpointTuple? ReadTuple(ReadOnlySpan<Word> words, Place place, Words command, ReadOnlySpan<string> next)
    {
        int with = -1, at = -1;
        for (int i = 0; i < words.Length && with < 0; i++)
        {
            at = words[i].Text.IndexOf(Arrow, StringComparison.Ordinal);
            if (at >= 0) with = i;
        }

        if (with < 0)
        {
            if (!words.IsEmpty && words[^1].Text == Probe.Mark) command.Wrong(words[^1], "SOURCE->DESTINATION or ->DESTINATION");
            command.Problems.Error(words.IsEmpty ? place : words[0].Place, "", ConfigRule.Syntax, "expected '->DESTINATION' or 'SOURCE->DESTINATION'");
            return null;
        }

        Word joined = words[with], before = joined.Before(at), after = joined.From(at + Arrow.Length);
        if ((before.Text.Length == 0 && with > 0) || (after.Text.Length == 0 && with + 1 < words.Length))
        {
            command.Wrong(joined, "no space beside '->'");
            return null;
        }

        foreach (Word word in words[with..^1])
        {
            if (!word.Text.EndsWith(NoNat, StringComparison.Ordinal)) continue;
            command.Wrong(word, $"'{NoNat}' right behind the whole end, as in ->20.0.0.1 80{NoNat}");
            return null;
        }

        Word[] left = before.Text.Length == 0 ? [] : [.. words[..with], before];
        Word[] right = after.Text.Length == 0 ? [] : [after, .. words[(with + 1)..]];
        bool direct = right.Length > 0 && right[^1].Text.EndsWith(NoNat, StringComparison.Ordinal) && right[^1].Text.Length > NoNat.Length;
        if (direct) right[^1] = right[^1].Before(right[^1].Text.Length - NoNat.Length);
        Endpoint? source = left.Length == 0 ? null : Read(left, joined.Place, command, next);
        if (left.Length > 0 && source is null) return null;
        return Read(right, joined.Place, command, next) is { } destination ? new EndpointTuple(source, destination, direct) : null;
    }

    private static Endpoint? WithPort(Endpoint end, ReadOnlySpan<Word> words, Words command, ReadOnlySpan<string> next)
    {
        if (words.IsEmpty) return end;
        if (!words[0].IsDigits || !ushort.TryParse(words[0].Text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            command.Wrong(words[0], end.Link is null ? "a port, 0 to 65535" : "'v6' or a port, 0 to 65535");
            return null;
        }

        if (words.Length == 1) return end with { Port = port, PortPlace = words[0].Place };
        Word behind = words[1];
        if (Nearest.Find(behind.Text, next) is null) command.Wrong(behind, "nothing behind the port");
        else command.Unknown(behind, next);
        return null;
    }
}
