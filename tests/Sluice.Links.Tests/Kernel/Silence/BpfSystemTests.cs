using System.Runtime.InteropServices;
using Sluice.Links.Kernel;
using Sluice.Links.Kernel.Silence;
using Sluice.Links.Native;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>Needs root.</summary>
public sealed unsafe class BpfSystemTests
{
    private const int WindowChanged = 28, SignalsForEach = 5;

    [Fact]
    public void A_signal_does_not_stop_a_program_from_being_loaded()
    {
        const int Rounds = 200, Seed = 20261122;
        using PosixSignalRegistration heard = PosixSignalRegistration.Create((PosixSignal)WindowChanged, _ => { });
        using var own = new OwnAddresses();
        int counters = BpfSystem.CreateMap(BpfSystem.MapTypePerCpuArray, 4, 8, 2, 0, "counters");
        ulong[] code = SilencerProgram.Build(own.AddressMap, own.BitMap, counters, linkHeaderLength: 14);
        long loader = KernelCalls.SystemCall(OnArm ? 178 : 186, 0, null, 0);
        using var loading = new Barrier(2);
        var signaller = new Thread(() =>
        {
            var random = new Random(Seed);
            for (int round = 0; round < Rounds; round++)
            {
                loading.SignalAndWait();
                for (int i = 0; i < SignalsForEach; i++)
                {
                    Thread.SpinWait(random.Next(20_000));
                    _ = KernelCalls.SystemCall(OnArm ? 131 : 234, Environment.ProcessId, (void*)loader, WindowChanged);
                }
            }
        });
        signaller.Start();
        Exception? failure = null;
        for (int round = 0; round < Rounds; round++)
        {
            loading.SignalAndWait();
            failure ??= Record.Exception(() => Files.Close(BpfSystem.LoadProgram(code, "signalled")));
        }

        signaller.Join();
        Files.Close(counters);
        Assert.Null(failure);
    }

    // gettid and tgkill have other numbers there.
    private static bool OnArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
