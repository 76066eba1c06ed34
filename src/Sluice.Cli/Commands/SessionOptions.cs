using System.CommandLine;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;

namespace Sluice.Cli.Commands;

/// <summary>The options that choose sessions: the same for every command about them. A session is to meet all that are given.</summary>
internal sealed class SessionOptions
{
    private readonly Option<string[]>[] terms =
    [
        Term("realm", "NAME", "In this realm, whichever side began."),
        Term("from", "NAME", "Begun from this realm."),
        Term("to", "NAME", "Going to this realm."),
        Term("address", "PREFIX", "With this address, or one of this prefix, at either end, translated or not."),
        Term("port", "PORTS", "With this port, or one of a range such as 8000-8099, at either end, translated or not."),
        Term("public", "ENDPOINT", "With this public endpoint: an address as the other side sees it, with or without port."),
        Term("protocol", "NAME", "tcp, udp, icmp, icmpv6, sctp or a number."),
        Term("state", "NAME", "halfOpen, established or closing of TCP; open of others."),
        Term("older-than", "TIME", "That began longer ago, such as 5m."),
        Term("newer-than", "TIME", "That began less long ago."),
        Term("idle", "TIME", "Without a packet for so long."),
        Term("peering", "NAME", "That live by this peering."),
        Term("translation", "NAME", "To this translation's virtual IP."),
        Term("backend", "ENDPOINT", "To this backend of a virtual IP: its address or a prefix, with or without port."),
        Term("policy", "NAME", "That leave by this source-NAT policy."),
        Term("rule", "TEXT", "That live by a rule whose name contains this."),
        Term("number", "ID", "With this number."),
    ];

    private readonly Option<string?> sort = new("--sort")
    {
        Description = "What comes first: number (the smallest), age (the oldest), idle (the longest), ends (the soonest), bytes or packets (the most).",
        HelpName = "BY",
    };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="sorted">Whether order means anything there.</param>
    public SessionOptions(Command command, bool sorted = true)
    {
        foreach (Option<string[]> term in terms) command.Add(term);
        if (sorted) command.Add(sort);
    }

    /// <summary>What was chosen.</summary>
    public SessionRequest Of(ParseResult parsed) => new(
        [.. terms.SelectMany(term => (parsed.GetValue(term) ?? []).Select(value => new SessionTerm(term.Name[2..], value)))],
        parsed.GetValue(sort));

    private static Option<string[]> Term(string key, string value, string description) => new($"--{key}")
    {
        Description = description,
        HelpName = value,
        Arity = ArgumentArity.OneOrMore,
    };
}
