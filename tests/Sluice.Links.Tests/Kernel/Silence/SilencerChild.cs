using System.Runtime.CompilerServices;
using Sluice.Links.Kernel.Silence;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Tests.Kernel.Silence;

/// <summary>This test program as a process of another kind: it silences an interface and waits to be killed.</summary>
internal static class SilencerChild
{
    public const string Variable = "SLUICE_TEST_SILENCE";

    /// <summary>Runs before the tests' own entry point, and instead of it where the variable names an interface, as index:address:port.</summary>
    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } order) return;
        string[] parts = order.Split(':');
        IpAddress address = IpAddress.Parse(parts[1]);
        int port = int.Parse(parts[2]);
        var own = new OwnAddresses();
        own.Set([address]);
        unsafe
        {
            own.PortBits(address, IpProtocol.Tcp)[port >> 6] |= 1UL << port;
        }

        using Silencer silencer = Silencer.Attach(own, int.Parse(parts[0]), "link");
        Console.WriteLine("silent");
        Thread.Sleep(Timeout.Infinite);
    }
}
