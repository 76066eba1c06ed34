using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sluice.Gateway.Control;
using Xunit;

namespace Sluice.Gateway.Tests.Control;

public sealed class ControlSocketTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-control-").FullName;

    private string Door => Path.Combine(folder, "door.sock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_request_is_answered_with_what_the_gateway_holds()
    {
        using ControlSocket socket = Open();

        ControlAnswer answer = await ControlClient.AskAsync(Door, new ControlRequest("show", "sessions", Limit: 1));

        Assert.True(answer.Ok);
        JsonElement result = answer.Result!.Value;
        Assert.Equal(2, result.GetProperty("total").GetInt64());
        Assert.Equal("10.0.0.1:5", Assert.Single(result.GetProperty("sessions").EnumerateArray()).GetProperty("source").GetString());
    }

    [Theory]
    [MemberData(nameof(Shows))]
    public async Task Everything_that_can_be_shown_is_answered(string what)
    {
        using ControlSocket socket = Open();

        ControlAnswer answer = await ControlClient.AskAsync(Door, new ControlRequest("show", what));

        Assert.True(answer.Ok, answer.Error);
        Assert.Equal(JsonValueKind.Object, answer.Result!.Value.ValueKind);
    }

    public static TheoryData<string> Shows => [.. ControlHandler.Shows];

    [Fact]
    public async Task A_filter_leaves_the_rows_that_contain_it()
    {
        using ControlSocket socket = Open();

        ControlAnswer answer = await ControlClient.AskAsync(Door, new ControlRequest("show", "sessions", Filter: "10.0.0.2"));

        Assert.Equal(2u, Assert.Single(answer.Result!.Value.GetProperty("sessions").EnumerateArray()).GetProperty("id").GetUInt32());
    }

    [Theory]
    [InlineData("nonsense", "not JSON")]
    [InlineData("{}", "command")]
    [InlineData("null", "command")]
    [InlineData("[1,2]", "not JSON")]
    [InlineData("{\"command\":\"stop\"}", "no command 'stop'")]
    [InlineData("{\"command\":\"show\",\"what\":\"secrets\"}", "nothing called 'secrets'")]
    [InlineData("{\"command\":\"show\",\"limit\":\"all\"}", "not JSON")]
    public async Task A_request_that_makes_no_sense_is_refused_and_the_line_stays_open(string request, string expected)
    {
        using ControlSocket socket = Open();
        using Socket program = Connect();
        using var stream = new NetworkStream(program);
        using var reader = new StreamReader(stream);

        await stream.WriteAsync(Encoding.UTF8.GetBytes(request + "\n"));
        string? refusal = await reader.ReadLineAsync();
        await stream.WriteAsync("{\"command\":\"show\",\"what\":\"drops\"}\n"u8.ToArray());
        string? answer = await reader.ReadLineAsync();

        Assert.Contains(expected, JsonDocument.Parse(refusal!).RootElement.GetProperty("error").GetString()!, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(answer!).RootElement.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_request_without_end_is_hung_up_on()
    {
        using ControlSocket socket = ControlSocket.Open(Door, new ControlHandler(new FixedInspector()), requestBytesMax: 64 * 1024);
        using Socket program = Connect();
        using var stream = new NetworkStream(program);
        int read = -1;
        try
        {
            await stream.WriteAsync(new byte[68 * 1024]);
            read = await stream.ReadAsync(new byte[16]);
        }
        catch (IOException)
        {
            read = 0;
        }

        Assert.Equal(0, read);
    }

    [Fact]
    public void Only_the_owner_may_use_the_socket()
    {
        using ControlSocket socket = Open();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Door));
        Assert.Single(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_socket_that_a_killed_gateway_left_is_taken_over()
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(Door));
            left.Listen();
            // Moved away and back, so closing the listener does not remove it: what kill -9 leaves.
            File.Move(Door, Door + ".kept");
        }

        File.Move(Door + ".kept", Door);
        using ControlSocket socket = Open();

        Assert.True((await ControlClient.AskAsync(Door, new ControlRequest("show", "drops"))).Ok);
    }

    [Fact]
    public void A_socket_that_answers_belongs_to_another_gateway()
    {
        using ControlSocket socket = Open();

        ControlException e = Assert.Throws<ControlException>(Open);

        Assert.Contains("another gateway", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_socket_leaves_no_file()
    {
        Open().Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_closed_socket_answers_nobody_any_more()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isTold = false;
        ControlSocket socket = ControlSocket.Open(Door, new ControlHandler(new FixedInspector(() =>
        {
            asked.SetResult();

            // The file goes first: from then on the socket is being closed.
            Assert.True(SpinWait.SpinUntil(() => !File.Exists(Door), TimeSpan.FromMinutes(1)));
            Thread.Sleep(100);
            Volatile.Write(ref isTold, true);
        })));
        Task<ControlAnswer> asking = ControlClient.AskAsync(Door, new ControlRequest("show", "drops"));
        await asked.Task;

        socket.Dispose();

        Assert.True(Volatile.Read(ref isTold));

        // Whoever was being answered hears the answer, or that there is none: it depends on which comes first.
        if (await Record.ExceptionAsync(() => asking) is { } error) Assert.IsType<ControlException>(error);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_said_to_be_so()
    {
        ControlException e = await Assert.ThrowsAsync<ControlException>(() => ControlClient.AskAsync(Door, new ControlRequest("show", "drops")));

        Assert.Contains("no such socket", e.Message, StringComparison.Ordinal);
    }

    private ControlSocket Open() => ControlSocket.Open(Door, new ControlHandler(new FixedInspector()));

    private Socket Connect()
    {
        var program = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        program.Connect(new UnixDomainSocketEndPoint(Door));
        return program;
    }
}
