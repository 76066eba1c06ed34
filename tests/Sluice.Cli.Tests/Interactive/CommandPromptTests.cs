using Sluice.Cli.Interactive;
using Xunit;

namespace Sluice.Cli.Tests.Interactive;

/// <summary>A prompt does what is typed, and completes the names of the gateway that it speaks to.</summary>
public sealed class CommandPromptTests : IDisposable
{
    private readonly RunningGateway gateway = new();

    public void Dispose() => gateway.Dispose();

    [Fact]
    public async Task Commands_are_done_until_the_user_leaves()
    {
        List<string> done = [];
        int code = await TypeAsync(done, "cnat tr{tab}add vip 30.0.0.2 80{enter}{enter}# nothing{enter}abc^Ccnat translation del {tab}{enter}exit{enter}never{enter}");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["cnat translation add vip 30.0.0.2 80", "cnat translation del 0 "], done);
        Assert.Empty(gateway.Composed.Config!.Translations);
    }

    [Fact]
    public async Task The_names_of_links_are_known()
    {
        List<string> done = [];
        await TypeAsync(done, "set cnat feature {tab}{tab}b{tab}{enter}^D");
        Assert.Equal(["set cnat feature b "], done);
    }

    [Fact]
    public async Task Without_a_gateway_there_is_no_prompt()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var prompt = new CommandPrompt(new CommandContext(output, error), Path.Combine(gateway.Folder, "none.sock"), static _ => Task.FromResult(0));
        Assert.Equal(ExitCode.Unreachable, await prompt.RunAsync(new TypedKeys("show{enter}"), new CommandHistory(null), static () => 80));
        Assert.Equal("", output.ToString());
    }

    private async Task<int> TypeAsync(List<string> done, string typed)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var prompt = new CommandPrompt(new CommandContext(output, error), gateway.Door, line =>
        {
            done.Add(line);
            return Task.FromResult(gateway.Ask("cnat", line).Code);
        });
        return await prompt.RunAsync(new TypedKeys(typed), new CommandHistory(null), static () => 80);
    }
}
