using Sluice.Config.Documents;
using Sluice.Packets.Captures;

namespace Sluice.Gateway.Replay;

/// <summary>The captures that come in: opened, checked against their links, merged.</summary>
internal sealed class ReplayInputs : IDisposable
{
    private readonly IReadOnlyList<(string Link, string File)> options;
    private readonly CaptureReader[] readers;

    private ReplayInputs(IReadOnlyList<(string Link, string File)> options, CaptureReader[] readers, IReadOnlyDictionary<string, LinkSpec> links)
    {
        this.options = options;
        this.readers = readers;
        Merge = new CaptureMerge(readers, (input, record) => Fits(links[options[input].Link], record.LinkType));
    }

    /// <summary>The packets in order.</summary>
    public CaptureMerge Merge { get; }

    /// <summary>Opens all captures; null, and the reasons among the messages, where one can't serve.</summary>
    public static ReplayInputs? Open(IReadOnlyList<(string Link, string File)> options, IReadOnlyDictionary<string, LinkSpec> links, List<string> messages)
    {
        var opened = new List<CaptureReader>();
        int before = messages.Count;
        foreach (string name in links.Keys.Where(name => name != Path.GetFileName(name) || name is "." or ".."))
            messages.Add($"sluice: link '{name}' can't be replayed: its name is no file name");
        foreach ((string link, string file) in options)
        {
            if (!links.TryGetValue(link, out LinkSpec? spec))
                messages.Add($"sluice: --in {link}={file}: there is no link '{link}'; there are: {string.Join(", ", links.Keys)}");
            else if (FirstProblem(spec, file) is { } problem)
                messages.Add($"sluice: --in {link}={file}: {problem}");
            else if (CaptureReader.TryOpen(file, out CaptureReader? reader, out string? reason))
                opened.Add(reader);
            else
                messages.Add($"sluice: --in {link}={file}: {reason}");
        }

        if (messages.Count == before) return new ReplayInputs(options, [.. opened], links);
        foreach (CaptureReader reader in opened) reader.Dispose();
        return null;
    }

    /// <summary>What could not be read, once all else has been.</summary>
    public IEnumerable<string> Complaints()
    {
        for (int i = 0; i < readers.Length; i++)
        {
            (string link, string file) = options[i];
            if (readers[i].Problem is { } problem) yield return $"sluice: {file}: {problem}; the packets before it were used";
            if (Merge.PassedOver[i] > 0)
                yield return $"sluice: {file}: {Merge.PassedOver[i]} packets of another link type than link {link} takes were passed over";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Merge.Dispose();

    private static string? FirstProblem(LinkSpec spec, string file)
    {
        if (!CaptureReader.TryOpen(file, out CaptureReader? reader, out string? reason)) return reason;
        using (reader)
        {
            if (!reader.TryRead(out CaptureRecord first) || Fits(spec, first.LinkType)) return null;
            return $"it has link type {first.LinkType}, but link {spec.Name} (driver {spec.Driver.ToString().ToLowerInvariant()}) takes "
                + (ReplayLinks.LinkTypeOf(spec) == CaptureLinkType.Ethernet ? "Ethernet frames (1)" : "raw IP packets (101)");
        }
    }

    private static bool Fits(LinkSpec spec, int linkType) =>
        ReplayLinks.LinkTypeOf(spec) == CaptureLinkType.Ethernet ? linkType == CaptureLinkType.Ethernet : CaptureLinkType.IsRawIp(linkType);
}
