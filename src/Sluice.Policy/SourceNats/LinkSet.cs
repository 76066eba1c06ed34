namespace Sluice.Policy.SourceNats;

/// <summary>Some links, by the numbers that <see cref="GatewayPolicy.Links"/> gives them.</summary>
public readonly struct LinkSet
{
    private readonly ulong[]? words;

    private LinkSet(ulong[] words) => this.words = words;

    internal static LinkSet Of(IEnumerable<int> links)
    {
        int[] all = [.. links];
        var bits = new ulong[all.Length == 0 ? 0 : (all.Max() >> 6) + 1];
        foreach (int link in all) bits[link >> 6] |= 1UL << (link & 63);
        return new LinkSet(bits);
    }

    /// <summary>Whether a link is one of them.</summary>
    public bool Has(int link) => words is not null && (uint)link >> 6 < (uint)words.Length && (words[link >> 6] >> (link & 63) & 1) != 0;
}
