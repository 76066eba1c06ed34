using System.Diagnostics;
using System.Net;
using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Silence;
using Sluice.Links.Tests.Live;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>Needs root.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private const int ProgramQuery = 16, TcxIngress = 46;

    private readonly SilencedGateway _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Nothing_remains_of_a_killed_process_and_the_hosts_service_answers_throughout()
    {
        _lab.Greet(IPAddress.Parse("10.0.1.1"), 8080);
        using Process child = _lab.Router.Start(Environment.ProcessPath!, [], (SilencerChild.Variable, $"{_lab.Index}:10.0.1.1:40000"));
        try
        {
            Assert.Equal("silent", child.StandardOutput.ReadLine());
            Assert.Equal(1, AttachedPrograms());
            Assert.NotEqual(0, _lab.Client.Try("ping -c 1 -W 1 10.0.2.2").Code);
            _lab.ConnectInVain(SilencedGateway.Own4, 40000);

            int answered = 0, failed = 0;
            bool stopping = false;
            var client = new Thread(() =>
            {
                while (!Volatile.Read(ref stopping))
                {
                    if (_lab.Connect(SilencedGateway.Own4, 8080) == "hello") Interlocked.Increment(ref answered);
                    else Interlocked.Increment(ref failed);
                }
            });
            client.Start();
            Waiting.Until(() => Volatile.Read(ref answered) > 20, "the service answered");
            child.Kill();
            child.WaitForExit();
            Assert.Equal(128 + 9, child.ExitCode);
            Waiting.Until(() => AttachedPrograms() == 0, "the program was gone");
            int before = Volatile.Read(ref answered);
            Waiting.Until(() => Volatile.Read(ref answered) > before + 20, "the service went on answering");
            Volatile.Write(ref stopping, true);
            client.Join();
            Assert.Equal(0, failed);
        }
        finally
        {
            if (!child.HasExited) child.Kill();
        }

        Assert.True(_lab.ClientReaches("10.0.2.2"), "the kernel forwards again");
        Assert.Equal("ConnectionRefused", _lab.Connect(SilencedGateway.Own4, 40000));
    }

    // BPF_PROG_QUERY: interface, attach type, flags, attached flags, array of identifiers u64, its length.
    private unsafe int AttachedPrograms() => _lab.Router.Run(() =>
    {
        uint* identifiers = stackalloc uint[16];
        byte* query = stackalloc byte[64];
        new Span<byte>(query, 64).Clear();
        *(int*)query = _lab.Index;
        *(int*)(query + 4) = TcxIngress;
        *(uint**)(query + 16) = identifiers;
        *(uint*)(query + 24) = 16;
        long result = KernelCalls.SystemCall(BpfSystem.Number, ProgramQuery, query, 64);
        Assert.Equal(0, result);
        return *(int*)(query + 24);
    });
}
