using System.Collections.Frozen;
using System.Xml;
using Sluice.Packets;

namespace Sluice.Gateway.Views;

/// <summary>Each drop reason as a sentence: the one that documents it in the source, so there is no second text to keep.</summary>
public static class DropReasonWords
{
    private const string MemberPrefix = "F:Sluice.Packets.DropReason.";

    private static readonly Lazy<FrozenDictionary<string, string>> Words = new(Read);

    /// <summary>The sentence; the reason's name where the documentation file is not beside the program.</summary>
    public static string Of(DropReason reason) => Words.Value.GetValueOrDefault(reason.ToString(), $"{reason}.");

    private static FrozenDictionary<string, string> Read()
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        string file = Path.Combine(AppContext.BaseDirectory, "Sluice.Packets.xml");
        try
        {
            using XmlReader xml = XmlReader.Create(file);
            while (xml.ReadToFollowing("member"))
            {
                string name = xml.GetAttribute("name") ?? "";
                if (name.StartsWith(MemberPrefix, StringComparison.Ordinal) && xml.ReadToDescendant("summary"))
                    words[name[MemberPrefix.Length..]] = xml.ReadElementContentAsString().Trim();
            }
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            // A program without its documentation still tells the names.
        }

        return words.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
