using System.Net.Sockets;
using System.Text.Json;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>The other side of the door: asks a running gateway.</summary>
public static class ControlClient
{
    // Above the longest answers: 100,000 rows of less than 600 bytes, the files of a configuration, each with what JSON adds.
    private const int AnswerBytesMax = 256 << 20;

    // Long enough for a large configuration, and for any question on a machine that is very busy: a gateway that is slow is not one that isn't there.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Asks once.</summary>
    /// <exception cref="ControlException">Nobody answers at that socket.</exception>
    public static async Task<ControlAnswer> AskAsync(string path, ControlRequest request)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token);
            using var stream = new NetworkStream(socket);
            byte[] line = JsonSerializer.SerializeToUtf8Bytes(request, GatewayJson.Default.ControlRequest);
            await stream.WriteAsync((byte[])[.. line, (byte)'\n'], patience.Token);
            ReadOnlyMemory<byte>? answer = await new LineReader(stream, AnswerBytesMax).ReadAsync(patience.Token)
                ?? throw new ControlException($"the gateway at {path} hung up without an answer");
            return JsonSerializer.Deserialize(answer.Value.Span, GatewayJson.Default.ControlAnswer)
                ?? throw new ControlException($"the gateway at {path} answered nothing");
        }
        catch (OperationCanceledException e)
        {
            throw new ControlException($"the gateway at {path} didn't answer within {Patience.TotalSeconds} seconds", e);
        }
        catch (JsonException e)
        {
            throw new ControlException($"what answers at {path} is no gateway", e);
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            throw new ControlException($"no gateway at {path}: {Describe(path, e)}", e);
        }
    }

    /// <summary>Asks for a stream and hands its lines on until <paramref name="take"/> returns false or <paramref name="ending"/> says so.</summary>
    /// <returns>Null where the stream began; else the refusal.</returns>
    /// <exception cref="ControlException">Nobody answers at that socket, or the gateway ended.</exception>
    public static async Task<ControlAnswer?> WatchAsync(string path, ControlRequest request, Func<SessionEventView, bool> take, CancellationToken ending)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ending);
            using var stream = new NetworkStream(socket);
            byte[] line = JsonSerializer.SerializeToUtf8Bytes(request, GatewayJson.Default.ControlRequest);
            await stream.WriteAsync((byte[])[.. line, (byte)'\n'], ending);
            var lines = new LineReader(stream, AnswerBytesMax);
            ControlAnswer? began = null;
            while (await lines.ReadAsync(ending) is { } next)
            {
                if (began is null)
                {
                    began = JsonSerializer.Deserialize(next.Span, GatewayJson.Default.ControlAnswer);
                    if (began is null or { Ok: false }) return began ?? ControlAnswer.Refused("the gateway answered nothing");
                }
                else if (!take(JsonSerializer.Deserialize(next.Span, GatewayJson.Default.SessionEventView)!))
                {
                    return null;
                }
            }

            throw new ControlException($"the gateway at {path} has ended");
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new ControlException($"what answers at {path} is no gateway", e);
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException)
        {
            throw new ControlException($"no gateway at {path}: {Describe(path, e)}", e);
        }
    }

    /// <summary>Whether somebody listens at a socket's file.</summary>
    internal static bool IsAnswered(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }

    private static string Describe(string path, Exception e) => e switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied; ask as the user that runs the gateway",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "it is not running (its socket was left behind)",
        SocketException when !File.Exists(path) => "there is no such socket; start one with 'sluice run FILE' or name its socket with --socket",
        _ => e.Message,
    };
}

/// <summary>The control socket could not be opened or reached: one line that says why.</summary>
public sealed class ControlException(string message, Exception? inner = null) : Exception(message, inner);
