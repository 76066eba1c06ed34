using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Gateway.Control;

/// <summary>The other side of the door: asks a running gateway.</summary>
public static class ControlClient
{
    // Above the longest answers: 100,000 rows of less than 600 bytes, the files of a configuration, each with what JSON adds.
    private const int AnswerBytesMax = 256 << 20;

    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(2);

    /// <summary>Asks once.</summary>
    /// <exception cref="ControlException">Nobody answers at that socket.</exception>
    public static async Task<ControlAnswer> AskAsync(string path, ControlRequest request)
    {
        TimeSpan span = request.Files is null ? ShortPatience : LongPatience;
        using var patience = new CancellationTokenSource(span);
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
            throw new ControlException($"the gateway at {path} didn't answer within {span.TotalSeconds} seconds", e);
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
