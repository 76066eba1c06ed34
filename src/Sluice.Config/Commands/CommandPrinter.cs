using System.Collections.Immutable;
using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>Writes virtual IPs and source NAT as command lines of the current generation. What they have no words for stands in a comment.</summary>
public static class CommandPrinter
{
    private const int WeightOfOne = 100;

    /// <summary>The lines of a whole configuration; read again, they ask for the same.</summary>
    public static ImmutableArray<string> Print(ConfigSet set) => Print(set, withIds: false);

    /// <summary>The lines of what command files ask for, without that of documents; as a file, they ask for the same under the same ids.</summary>
    public static ImmutableArray<string> PrintCommands(ConfigSet set)
    {
        ConfigSet own = set with
        {
            Translations = [.. set.Translations.Where(static translation => RunningCommands.IdOf(translation) is not null)],
            SourceNats = [.. set.SourceNats.Where(static source => CommandText.Is(source.Place.File))],
        };
        return Print(own, withIds: true);
    }

    /// <summary>The lines of one virtual IP.</summary>
    public static ImmutableArray<string> Print(TranslationDocument translation)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        Print(translation, lines, id: null);
        return lines.ToImmutable();
    }

    /// <summary>The lines of the source-NAT policy.</summary>
    public static ImmutableArray<string> Print(SourceNatDocument source)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        Print(source, lines);
        return lines.ToImmutable();
    }

    private static ImmutableArray<string> Print(ConfigSet set, bool withIds)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        Section(set, lines);
        foreach (TranslationDocument translation in set.Translations) Print(translation, lines, withIds ? RunningCommands.IdOf(translation) : null);
        for (int i = 0; i < set.SourceNats.Length; i++)
        {
            if (i == 0) Print(set.SourceNats[i], lines);
            else lines.Add($"# SourceNat '{set.SourceNats[i].Name}': command lines have one policy");
        }

        return lines.ToImmutable();
    }

    // The times and the table size are one for all of a command file.
    private static void Section(ConfigSet set, ImmutableArray<string>.Builder lines)
    {
        string?[] profiles = [.. set.Translations.Select(translation => translation.Profile).Concat(set.SourceNats.Select(source => source.Profile)).Distinct()];
        int[] sizes = [.. set.Translations.Where(translation => translation.Maglev).Select(translation => translation.TableSize).Distinct()];
        string inside = "";
        if (profiles is [{ } profile])
        {
            TimerSpec timers = set.ProfileNamed(profile).Timers;
            if (timers.Udp is { } age && timers.TcpHalfOpen == age && timers.Icmp == age) inside += string.Create(CultureInfo.InvariantCulture, $" session-max-age {(long)age.TotalSeconds}");
            if (timers.TcpEstablished is { } tcp) inside += string.Create(CultureInfo.InvariantCulture, $" tcp-max-age {(long)tcp.TotalSeconds}");
            if (profile != CommandState.ProfileName) lines.Add($"# profile '{profile}': commands have no words for profiles");
        }
        else if (profiles.Length > 1)
        {
            lines.Add($"# profiles {string.Join(", ", profiles.Select(name => $"'{name ?? "default"}'"))}: commands have no words for profiles");
        }

        if (sizes is [int size] && size != TranslationDocument.DefaultTableSize) inside += string.Create(CultureInfo.InvariantCulture, $" maglev-len {size}");
        else if (sizes.Length > 1) lines.Add("# Maglev tables of several sizes: commands have one for all");
        if (inside.Length > 0) lines.Add($"cnat {{{inside} }}");
    }

    private static void Print(TranslationDocument translation, ImmutableArray<string>.Builder lines, int? id)
    {
        string comment = Comment($"Translation '{translation.Name}'", UnsaidInCommands.Of(translation), lines);
        string protocol = translation.Protocol switch { 17 => "UDP", 132 => "SCTP", _ => "TCP" };
        string to = string.Concat(translation.Backends.Select(backend => Repeated(backend, translation.Address.Family)));
        lines.Add($"{comment}cnat translation add proto {protocol} {(translation.IsReal ? "real" : "vip")} {End(translation.Address, translation.AddressOf, translation.Address.Family, PortOf(translation.Ports))}{to}"
            + $"{(translation.NoClient ? " noclient" : "")}{(translation.Maglev ? " maglev" : "")}{(id is { } given ? string.Create(CultureInfo.InvariantCulture, $" id {given}") : "")}");
    }

    private static void Print(SourceNatDocument source, ImmutableArray<string>.Builder lines)
    {
        string comment = Comment($"SourceNat '{source.Name}'", UnsaidInCommands.Of(source), lines);
        string command = $"{comment}set cnat snat-policy";
        foreach (IpRange range in source.Addresses) lines.Add($"{command} addr {range.First}");
        foreach (NamedSpec link in source.AddressesOf) lines.Add($"{command} addr {link.Name}");
        foreach (IpPrefix prefix in source.Exclude) lines.Add($"{command} prefix {prefix}");
        foreach (RewriteSpec rewrite in source.Rewrites) lines.Add($"{command} prefix {rewrite.Prefix}{(rewrite.MatchSource ? " src" : "")} rw {rewrite.To}");
        SourceNatTables tables = source.Tables;
        foreach ((string table, ImmutableArray<NamedSpec> links) in (ReadOnlySpan<(string, ImmutableArray<NamedSpec>)>)
            [("include-v4", tables.IncludeV4), ("include-v6", tables.IncludeV6), ("k8s", tables.Pod), ("host", tables.Host)])
        {
            foreach (NamedSpec link in links) lines.Add($"{command} if table {table} {link.Name}");
        }

        if (Word(source.Policy) is { } policy) lines.Add($"{command} {policy}");
        foreach (NamedSpec link in source.Links) lines.Add($"{comment}set cnat feature {link.Name}");
        foreach (NamedSpec link in source.LinksV4) lines.Add($"{comment}set interface feature {link.Name} cnat-snat-ip4 arc ip4-unicast");
        foreach (NamedSpec link in source.LinksV6) lines.Add($"{comment}set interface feature {link.Name} cnat-snat-ip6 arc ip6-unicast");
    }

    // A line that would ask for something else than the document, were it read again, is a comment too.
    private static string Comment(string document, IEnumerable<string> unsaid, ImmutableArray<string>.Builder lines)
    {
        int before = lines.Count;
        foreach (string what in unsaid) lines.Add($"# {document}: {what}");
        return lines.Count == before ? "" : "# ";
    }

    private static string? Word(SourceNatPolicy policy) => policy switch
    {
        SourceNatPolicy.IfPfx => "if-pfx",
        SourceNatPolicy.K8s => "k8s",
        SourceNatPolicy.Dnat => "dnat",
        SourceNatPolicy.DnatOnly => "dnat-only",
        _ => null,
    };

    // Twice the weight is the same backend twice.
    private static string Repeated(BackendSpec backend, IpFamily family)
    {
        bool hasSource = backend.SourceAddress is not null || backend.SourceAddressOf is not null;
        string source = hasSource ? End(backend.SourceAddress ?? default, backend.SourceAddressOf, family, backend.SourcePort ?? 0) : PortText(backend.SourcePort ?? 0);
        int port = PortOf(backend.Ports ?? default);
        string destination = backend.KeepsAddress ? (port == 0 ? new IpAddress(family, 0).ToString() : PortText(port)) : End(backend.Address, backend.AddressOf, family, port);
        string one = $" to {source}->{destination}{(backend.Direct ? ":nonat" : "")}";
        int times = Math.Max(1, backend.Weight / WeightOfOne);
        return times == 1 ? one : string.Concat(Enumerable.Repeat(one, times));
    }

    private static string End(IpAddress address, NamedSpec? link, IpFamily family, int port)
    {
        string end = link is { } named ? family == IpFamily.V6 ? $"{named.Name} v6" : named.Name : address.ToString();
        return port == 0 ? end : $"{end} {PortText(port)}";
    }

    private static string PortText(int port) => port == 0 ? "" : port.ToString(CultureInfo.InvariantCulture);

    // 0 where there is no port, or one that a command has no words for.
    private static int PortOf(PortRange ports) => ports.Count == 1 ? ports.First : 0;
}
