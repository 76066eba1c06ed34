using System.Xml.Linq;
using Sluice.Packets;
using Xunit;

namespace Sluice.House;

/// <summary>Each drop reason is explained to people in the words of its documentation.</summary>
public class DropReasonTests
{
    public static TheoryData<DropReason> Reasons => [.. Enum.GetValues<DropReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_reason_is_documented_by_one_whole_sentence(DropReason reason)
    {
        string text = Summaries()[reason];

        Assert.True(text.Length is > 10 and < 200, text);
        Assert.True(char.IsUpper(text[0]), text);
        Assert.EndsWith(".", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_reasons_say_the_same() => Assert.Equal(Enum.GetValues<DropReason>().Length, Summaries().Values.Distinct(StringComparer.Ordinal).Count());

    private static Dictionary<DropReason, string> Summaries() =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Sluice.Packets.xml")).Descendants("member")
            .Where(m => m.Attribute("name")!.Value.StartsWith("F:Sluice.Packets.DropReason.", StringComparison.Ordinal))
            .Select(m => (Name: m.Attribute("name")!.Value, Text: string.Join(' ', m.Element("summary")!.Value.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))))
            .ToDictionary(m => Enum.Parse<DropReason>(m.Name[(m.Name.LastIndexOf('.') + 1)..]), m => m.Text);
}
