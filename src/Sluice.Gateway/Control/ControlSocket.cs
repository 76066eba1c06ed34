using System.Net.Sockets;
using System.Text.Json;
using Sluice.Gateway.Objects;

namespace Sluice.Gateway.Control;

/// <summary>The door of a running gateway: a Unix socket of mode 0600 that takes one request a line and answers one line each.</summary>
/// <remarks>Limits: 16 programs at once, 8 of which may watch, 128 MiB a request, a minute of silence; a program beyond them is hung up on.</remarks>
public sealed class ControlSocket : IDisposable
{
    /// <summary>The most bytes of a request: more than a file of the largest size, written as JSON.</summary>
    public const int RequestBytesMax = 128 << 20;

    private const int ProgramsMax = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Socket listener;
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim programs = new(ProgramsMax);
    private readonly ControlHandler handler;
    private readonly int requestBytesMax;
    private readonly Task listening;

    private ControlSocket(string path, Socket listener, ControlHandler handler, int requestBytesMax)
    {
        this.requestBytesMax = requestBytesMax;
        Path = path;
        this.listener = listener;
        this.handler = handler;
        listening = Task.Run(ListenAsync);
    }

    /// <summary>The socket's file.</summary>
    public string Path { get; }

    /// <summary>Where the socket is unless told otherwise: under /run for root, else in the user's own run-time directory.</summary>
    public static string DefaultPath
    {
        get
        {
            if (Environment.IsPrivilegedProcess) return "/run/sluice.sock";
            string? own = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            return System.IO.Path.Combine(string.IsNullOrEmpty(own) ? System.IO.Path.GetTempPath() : own, $"sluice-{Environment.UserName}.sock");
        }
    }

    /// <summary>Opens the door. A file that a killed gateway left is taken over; one that answers is not.</summary>
    /// <param name="path">The socket's file.</param>
    /// <param name="handler">What answers.</param>
    /// <param name="requestBytesMax">The most bytes of a request.</param>
    /// <exception cref="ControlException">Another gateway has it, or it can't be made.</exception>
    public static ControlSocket Open(string path, ControlHandler handler, int requestBytesMax = RequestBytesMax)
    {
        if (File.Exists(path) && ControlClient.IsAnswered(path))
            throw new ControlException($"another gateway has the socket {path}; stop it or choose another with --socket");

        // Made under another name and moved into place, so nobody can connect before the mode is set.
        string own = $"{path}.{Environment.ProcessId}";
        Socket? door = null;
        try
        {
            File.Delete(own);
            door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            door.Bind(new UnixDomainSocketEndPoint(own));
            File.SetUnixFileMode(own, OwnerOnly);
            door.Listen(ProgramsMax);
            File.Move(own, path, overwrite: true);
            return new ControlSocket(path, door, handler, requestBytesMax);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            door?.Dispose();
            string why = e is SocketException or IOException && !Directory.Exists(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)))
                ? "its directory doesn't exist" : e.Message;
            throw new ControlException($"the socket {path} can't be made: {why}", e);
        }
    }

    /// <summary>Closes the door, takes the file away, and waits until nobody is being answered any more.</summary>
    public void Dispose()
    {
        if (closing.IsCancellationRequested) return;
        try
        {
            // As long as the door answers nobody takes the file over, so what is deleted is its own and not that of the next gateway.
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next gateway takes over what is left.
        }

        closing.Cancel();
        listener.Dispose();

        // What answers reads the gateway's memory, which may be given back from here on.
        listening.Wait();
        for (int i = 0; i < ProgramsMax; i++) programs.Wait();
    }

    private async Task ListenAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                Socket program = await listener.AcceptAsync(closing.Token);
                if (await programs.WaitAsync(TimeSpan.Zero)) _ = Task.Run(() => ServeAsync(program));
                else program.Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A program that hung up while it was accepted; descriptors that ran out come back.
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private async Task ServeAsync(Socket program)
    {
        try
        {
            using var stream = new NetworkStream(program, ownsSocket: true);
            var lines = new LineReader(stream, requestBytesMax);
            while (true)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
                patience.CancelAfter(Silence);
                ReadOnlyMemory<byte>? line = await lines.ReadAsync(patience.Token);
                if (line is null) return;

                // A large configuration may take longer than a program may be silent; that is not the program's silence.
                patience.CancelAfter(Timeout.InfiniteTimeSpan);
                ControlAnswer answer = Answer(line.Value.Span, out SessionWatch? watch);
                using SessionWatch? watched = watch;
                patience.CancelAfter(Silence);
                await stream.WriteAsync(LineOf(answer), patience.Token);
                if (watched is null) continue;
                await SessionStream.SendAsync(watched, stream, closing.Token);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The program hung up or fell silent; the gateway has nothing to do about it.
        }
        finally
        {
            programs.Release();
        }
    }

    private static byte[] LineOf(ControlAnswer answer) => [.. JsonSerializer.SerializeToUtf8Bytes(answer, GatewayJson.Default.ControlAnswer), (byte)'\n'];

    private ControlAnswer Answer(ReadOnlySpan<byte> line, out SessionWatch? watch)
    {
        watch = null;
        try
        {
            ControlRequest? request = JsonSerializer.Deserialize(line, GatewayJson.Default.ControlRequest);
            if (request?.Command is null) return ControlAnswer.Refused("a request is an object with a command");
            return ControlHandler.AsksForStream(request) ? handler.Begin(request, out watch) : handler.Answer(request);
        }
        catch (JsonException e)
        {
            return ControlAnswer.Refused($"the request is not JSON of the expected form: {e.Message}");
        }
    }
}
