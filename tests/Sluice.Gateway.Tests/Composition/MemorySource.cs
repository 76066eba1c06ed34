using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Links;
using Sluice.Links.Memory;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>Links of memory, by name.</summary>
internal sealed class MemorySource : LinkSource
{
    public Dictionary<string, MemoryLink> Links { get; } = new(StringComparer.Ordinal);

    public List<string> Opened { get; } = [];

    public string? Refuses { get; set; }

    public override bool AnswersForOwnAddresses => true;

    public override Link Open(LinkSpec spec, int order)
    {
        if (spec.Name == Refuses) throw new LinkException($"link {spec.Name}: there is no such interface");
        Opened.Add(spec.Name);
        return Links[spec.Name] = new MemoryLink(spec.Name, ethernet: false);
    }
}
