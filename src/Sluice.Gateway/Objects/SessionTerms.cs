using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Objects;

/// <summary>What sessions can be chosen by: a kind of condition is one line here, and one option of the command line.</summary>
public static class SessionTerms
{
    private static readonly Kind[] Kinds =
    [
        new("realm", "the name of a realm", SessionTests.Realm),
        new("from", "the name of the realm that began it", SessionTests.From),
        new("to", "the name of the realm that it goes to", SessionTests.To),
        new("address", "an address or a prefix, such as 10.0.0.7 or 10.0.0.0/24", SessionTests.Address),
        new("port", "a port or a range, such as 443 or 8000-8099", SessionTests.Port),
        new("public", "an address as the other side sees it, with or without port, such as 203.0.113.1:1024", SessionTests.Public),
        new("protocol", "tcp, udp, icmp, icmpv6, sctp or a number from 0 to 255", SessionTests.Protocol),
        new("state", "halfOpen, established or closing of TCP, open of others", SessionTests.State),
        new("number", "the number of a session, such as 17", SessionTests.Number),
        new("peering", "the name of a peering", SessionTests.Peering),
        new("translation", "the name of a translation", SessionTests.Translation),
        new("backend", "a backend of a translation, such as 20.0.0.1:8080, 20.0.0.1 or 20.0.0.0/24", SessionTests.Backend),
        new("policy", "the name of a source-NAT policy, or kind and name of a document of an added kind", SessionTests.Policy),
        new("rule", "a part of a rule's name, such as masquerade or \"allow-web\"", SessionTests.Rule, IsList: false),
        new("older-than", "a duration, such as 90s, 5m or 1h30m", SessionTests.OlderThan, IsList: false),
        new("newer-than", "a duration, such as 90s, 5m or 1h30m", SessionTests.NewerThan, IsList: false),
        new("idle", "a duration, such as 90s, 5m or 1h30m", SessionTests.Idle, IsList: false),
        new("text", "a part of what is shown of it", Text, IsList: false),
    ];

    /// <summary>The kinds of conditions.</summary>
    public static ImmutableArray<string> All { get; } = [.. Kinds.Select(static kind => kind.Key)];

    /// <summary>Whether the value of a kind is a list whose commas part alternatives.</summary>
    public static bool IsList(string key) => Array.Find(Kinds, kind => kind.Key == key) is { IsList: true };

    /// <summary>Reads one term, or says what is wrong with it.</summary>
    public static bool TryRead(SessionTerm term, [NotNullWhen(true)] out SessionTest? test, [NotNullWhen(false)] out string? problem)
    {
        test = null;
        if (Array.Find(Kinds, kind => kind.Key == term.Key) is not { } known)
        {
            problem = $"sessions aren't chosen by '{term.Key}'; there are: {string.Join(", ", All)}";
            return false;
        }

        var tests = new List<SessionTest>();
        foreach (string one in known.IsList ? term.Value.Split(',', StringSplitOptions.TrimEntries) : [term.Value])
        {
            if (one.Length == 0 || known.Read(one) is not { } read)
            {
                problem = $"--{known.Key} is {known.Teach}, not '{one}'";
                return false;
            }

            tests.Add(read);
        }

        test = tests is [var single] ? single : AnyOf([.. tests]);
        problem = null;
        return true;
    }

    private static SessionTest AnyOf(SessionTest[] tests) => (in SessionFacts session) =>
    {
        foreach (SessionTest test in tests)
            if (test(in session)) return true;
        return false;
    };

    private static SessionTest Text(string part) => (in SessionFacts session) =>
    {
        SessionView view = session.ToView();
        return new[] { view.Protocol, view.From, view.To, view.State, view.Source, view.Destination, view.TranslatedSource, view.TranslatedDestination, view.Translation ?? "", view.SourcePolicy ?? "" }
            .Any(text => text.Contains(part, StringComparison.OrdinalIgnoreCase));
    };

    private sealed record Kind(string Key, string Teach, Func<string, SessionTest?> Read, bool IsList = true);
}
