using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Gateway.Objects;

/// <summary>A condition on one session.</summary>
public delegate bool SessionTest(in SessionFacts session);

/// <summary>One condition in words: of what, and what is wanted of it. <c>--port 80,443</c> is the term port = 80,443.</summary>
/// <param name="Key">One of <see cref="SessionTerms.All"/>.</param>
/// <param name="Value">What is wanted; where a comma parts several, any of them will do.</param>
public sealed record SessionTerm(string Key, string Value);

/// <summary>Conditions that a session is to meet, all of them. Immutable; conditions of any kind compose.</summary>
public sealed class SessionFilter
{
    private readonly ImmutableArray<SessionTest> tests;

    private SessionFilter(ImmutableArray<SessionTest> tests) => this.tests = tests;

    /// <summary>Every session.</summary>
    public static SessionFilter Everything { get; } = new([]);

    /// <summary>Whether every session is admitted.</summary>
    public bool IsEverything => tests.IsEmpty;

    /// <summary>Reads terms.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="filter">What they come to.</param>
    /// <param name="problem">Else: what is wrong, as a sentence that says what would be right.</param>
    public static bool TryRead(IEnumerable<SessionTerm> terms, [NotNullWhen(true)] out SessionFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        filter = Everything;
        foreach (SessionTerm term in terms)
        {
            if (!SessionTerms.TryRead(term, out SessionTest? test, out problem))
            {
                filter = null;
                return false;
            }

            filter = filter.And(test);
        }

        problem = null;
        return true;
    }

    /// <summary>These conditions and one more.</summary>
    public SessionFilter And(SessionTest test) => new(tests.Add(test));

    /// <summary>Whether a session meets all of them.</summary>
    public bool Admits(in SessionFacts session)
    {
        foreach (SessionTest test in tests)
            if (!test(in session)) return false;
        return true;
    }
}
