using Sluice.Config.Commands;
using Sluice.Gateway.Composition;

namespace Sluice.Gateway.Commands;

/// <summary>Answers the show lines of commands from what a gateway holds, running or at the end of a replay. Any thread may ask.</summary>
/// <param name="gateway">The gateway.</param>
public sealed class CommandAnswers(ComposedGateway gateway)
{
    private readonly TranslationAnswer translations = new(gateway);
    private readonly SessionAnswer sessions = new(gateway);

    /// <summary>The lines of an answer.</summary>
    public IEnumerable<string> Of(CommandQuestion question) => gateway.Config is not { } config ? [] : question.Subject switch
    {
        QuestionSubject.Translations => translations.Of(config, question),
        QuestionSubject.Sessions => sessions.Sessions(question),
        QuestionSubject.Timestamps => sessions.Timestamps(question),
        QuestionSubject.Clients => ClientAnswer.Of(gateway, config),
        QuestionSubject.SourceNat => SourceNatAnswer.Of(gateway, config),
        QuestionSubject.Hooks => HookAnswer.Of(config),
        QuestionSubject.Maglev when question.Maglev is { } test => MaglevAnswer.Of(test),
        _ => [],
    };

    /// <summary>The answers to all questions of the configuration in force, each behind its question.</summary>
    public IReadOnlyList<string> OfAll()
    {
        List<string> lines = [];
        foreach (CommandQuestion question in gateway.Config?.Questions ?? [])
        {
            lines.Add($"> {question.Text}");
            lines.AddRange(Of(question));
        }

        return lines;
    }
}
