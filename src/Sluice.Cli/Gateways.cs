using Sluice.Gateway.Control;

namespace Sluice.Cli;

/// <summary>How commands ask a running gateway.</summary>
internal static class Gateways
{
    /// <summary>Asks the gateway at a socket, or at the usual one; where there is none says so, and null with the exit code.</summary>
    public static async Task<(ControlAnswer? Answer, int Code)> AskAsync(CommandContext context, string? socket, ControlRequest request)
    {
        try
        {
            return (await ControlClient.AskAsync(socket ?? ControlSocket.DefaultPath, request), ExitCode.Done);
        }
        catch (ControlException e)
        {
            return (null, context.Fail(ExitCode.Unreachable, e.Message));
        }
    }
}
