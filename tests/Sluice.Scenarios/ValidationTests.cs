using Xunit;

namespace Sluice.Scenarios;

/// <summary>Every row of the tables in <c>scenarios/validation</c>: a configuration, and what <c>sluice check</c> answers to it.</summary>
public sealed class ValidationTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string name in ScenarioFiles.Tables)
                foreach (ValidationCase row in Read(name)) rows.Add(name, row.Title);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void It_is_answered_as_written(string table, string row)
    {
        ValidationCase written = Assert.Single(Read(table), one => one.Title == row);

        Assert.Equal(string.Join('\n', written.Answer), string.Join('\n', written.Frame.Answer(written.Lines)));
    }

    private static List<ValidationCase> Read(string name) => ValidationCase.Read(ScenarioFiles.TextOf(name));
}
