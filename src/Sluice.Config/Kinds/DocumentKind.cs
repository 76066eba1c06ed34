using Sluice.Config.Reading;

namespace Sluice.Config.Kinds;

/// <summary>A kind of document that a program adds to those of the house: what it is called, and how its spec is read.</summary>
/// <remarks>Everything else is done for it as for the house's own kinds: errors with their places, names, references, comparison, reload.</remarks>
/// <param name="name">What stands at <c>kind:</c>.</param>
/// <param name="read">Makes the document of its spec; null where the spec can't be understood, which has been said then.</param>
public sealed class DocumentKind(string name, Func<SpecFields, AddedDocument?> read)
{
    /// <summary>What stands at <c>kind:</c>.</summary>
    public string Name { get; } = name;

    /// <summary>What stands at <c>apiVersion:</c>.</summary>
    public string ApiVersion { get; init; } = DocumentReader.Native;

    internal void Read(Header header, Asked asked)
    {
        Fields fields = Fields.Loose(header.Document.Require("spec"), header.Problems);
        if (!fields.Exist) return;
        var spec = new SpecFields(fields, "spec");
        AddedDocument? document = read(spec);
        spec.Finish();
        if (document is null) return;
        asked.Added.Add(document with
        {
            Name = header.Name,
            NamePlace = header.NamePlace,
            Place = header.Place,
            Kind = this,
            Fields = [.. spec.Said],
            References = [.. spec.References],
            Profile = spec.ProfileName,
        });
    }
}
