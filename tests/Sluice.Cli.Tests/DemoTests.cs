using System.Text.Json;
using Xunit;

namespace Sluice.Cli.Tests;

public class DemoTests
{
    [Fact]
    public void Everything_is_answered_from_the_public_address_alone_or_the_need_for_root_is_said()
    {
        CommandRun run = CommandRun.Of("demo", "--seconds", "2", "--json");
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Equal(ExitCode.Failed, run.Code);
            Assert.Contains("needs root", run.Error, StringComparison.Ordinal);
            Assert.Contains("./sluice replay examples/masquerade.yaml", run.Error, StringComparison.Ordinal);
            return;
        }

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(result.GetProperty("ok").GetBoolean());
        foreach (string tally in new[] { "requests", "pings" })
        {
            long sent = result.GetProperty(tally).GetProperty("sent").GetInt64();
            Assert.True(sent > 0);
            Assert.Equal(sent, result.GetProperty(tally).GetProperty("answered").GetInt64());
        }

        Assert.Equal("""["203.0.113.1"]""", result.GetProperty("sourcesSeen").GetRawText());
        Assert.True(result.GetProperty("sessions").GetInt64() > 0);
        Assert.True(result.GetProperty("packets").GetProperty("dropped").TryGetProperty("NotExposed", out _));
    }

    [Fact]
    public void People_are_told_what_the_server_saw()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

        CommandRun run = CommandRun.Of("demo", "--seconds", "1");

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("the server saw    203.0.113.1\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("No peering or rule lets the source reach the destination.", run.Output, StringComparison.Ordinal);
    }
}
