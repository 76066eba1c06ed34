using System.Text;
using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Kernel.Netlink;
using Sluice.Links.Tests.Live;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Mirror;

/// <summary>Needs root. The kernel changes while a mirror with a tiny buffer stands still.</summary>
public sealed class OverrunTests
{
    [Fact]
    public void After_an_overrun_the_mirror_is_equal_to_the_kernel_again()
    {
        using NetworkNamespace place = NetworkNamespace.CreateAnonymous();
        place.Shell("""
            ip link add ga type veth peer name a0
            ip link set a0 up
            ip link set ga up
            ip address add 10.0.0.1/16 dev ga
            """);
        Waiting.UntilUp(place, "ga", "a0");
        var recorder = new Recorder();
        using KernelMirror mirror = place.Run(() => new KernelMirror(["ga"], recorder, receiveBufferBytes: 4096));
        mirror.Start();

        const int Seed = 7;
        var random = new Random(Seed);
        var known = new HashSet<string>();
        var script = new StringBuilder();
        for (int change = 0; change < 6000; change++)
        {
            int host = random.Next(1, 1500);
            string address = $"10.0.{host / 250}.{host % 250 + 2}";
            switch (random.Next(4))
            {
                case 0 when known.Remove(address):
                    script.AppendLine($"neigh del {address} dev ga");
                    break;
                case 1:
                    script.AppendLine($"route replace 10.9.{host % 250}.0/24 via {address}");
                    break;
                default:
                    known.Add(address);
                    script.AppendLine($"neigh replace {address} lladdr 02:00:00:00:{random.Next(256):x2}:{random.Next(256):x2} dev ga");
                    break;
            }
        }

        string file = Path.GetTempFileName();
        File.WriteAllText(file, script.ToString());
        recorder.HearsNeighbors.Reset();
        try
        {
            place.Shell($"ip -batch {file}");
        }
        finally
        {
            recorder.HearsNeighbors.Set();
            File.Delete(file);
        }

        Waiting.Until(() => mirror.Overruns > 0, $"the kernel ran over a mirror (seed {Seed})");
        using NetlinkSocket socket = place.Run(() => NetlinkSocket.Open(NetlinkNumbers.NETLINK_ROUTE));
        var kernel = new KernelState(socket);
        HashSet<int> interfaces = [place.IndexOf("ga")];
        recorder.Until(r => r.Resynchronizations > 1 && r.Routes.SequenceEqual(kernel.ReadRoutes(interfaces)) && Same(r, kernel.ReadNeighbors(interfaces)), "the mirror was equal");
        Assert.True(recorder.Read(r => r.Usable.Count) > 100);
        Assert.True(recorder.Read(r => r.Routes.Count) > 100);
        Assert.Null(mirror.Failure);

        // It goes on following after that.
        place.Shell("ip neigh replace 10.0.200.1 lladdr 02:00:00:00:77:77 dev ga");
        recorder.Until(r => r.Usable.ContainsKey((interfaces.Single(), IpAddress.Parse("10.0.200.1"))), "a later neighbour was told");
    }

    private static bool Same(Recorder recorder, Dictionary<(int Interface, IpAddress Address), KernelNeighbor> neighbors)
    {
        Dictionary<(int, IpAddress), MacAddress?> usable = neighbors.Where(entry => entry.Value.Usable).ToDictionary(entry => entry.Key, entry => entry.Value.Mac);
        return usable.Count == recorder.Usable.Count && usable.All(entry => recorder.Usable.TryGetValue(entry.Key, out MacAddress? mac) && mac == entry.Value);
    }
}
