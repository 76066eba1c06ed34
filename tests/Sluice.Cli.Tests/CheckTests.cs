using System.Text.Json;
using Xunit;

namespace Sluice.Cli.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-check-").FullName;

    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Checkout.File("examples"), "*.yaml").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_right(string example)
    {
        CommandRun run = CommandRun.Of("check", Checkout.File($"examples/{example}"));

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.StartsWith("ok: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_printed_with_its_place_and_rule()
    {
        string file = Path.Combine(folder, "wrong.yaml");
        File.WriteAllText(file, "apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: gw }\nspec:\n  lniks: []\n");

        CommandRun run = CommandRun.Of("check", file);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith($"{file}:5:3: UnknownField: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Json_is_a_list_of_problems_empty_where_there_are_none()
    {
        string file = Path.Combine(folder, "wrong.yaml");
        File.WriteAllText(file, "kind: Nonsense\n");

        CommandRun wrong = CommandRun.Of("check", "--json", file);
        CommandRun right = CommandRun.Of("check", "--json", Checkout.File("examples/masquerade.yaml"));

        JsonElement problem = JsonDocument.Parse(wrong.Output).RootElement[0];
        Assert.Equal((ExitCode.BadInput, file, "error"), (wrong.Code, problem.GetProperty("file").GetString(), problem.GetProperty("severity").GetString()));
        Assert.True(problem.GetProperty("line").GetInt32() > 0);
        Assert.Equal((ExitCode.Done, 0), (right.Code, JsonDocument.Parse(right.Output).RootElement.GetArrayLength()));
    }

    [Fact]
    public void A_file_that_is_not_there_is_bad_input()
    {
        CommandRun run = CommandRun.Of("check", Path.Combine(folder, "absent.yaml"));

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("absent.yaml", run.Error, StringComparison.Ordinal);
    }
}
