using System.Globalization;
using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;
using Sluice.Policy.Translations;
using Xunit;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

public sealed unsafe class ServiceLineTests
{
    private readonly Random random = new(20_261_122);

    [Fact]
    public void A_service_is_a_cache_line_and_a_backend_half_of_one()
    {
        Assert.Equal(64, sizeof(ServiceLine));
        Assert.Equal(32, sizeof(BackendLine));
        Assert.Equal(32, sizeof(HostEntry));
        foreach (int count in (int[])[1, 3, 1000, 100_000])
        {
            var table = new LineTable<BackendLine>(new BackendLine[count]);
            Assert.Equal(0, (nint)Unsafe.AsPointer(ref table[0]) % 64);
            Assert.Equal(0, (nint)Unsafe.AsPointer(ref table[count - 1]) % 32);
        }
    }

    [Fact]
    public void The_choice_that_stands_in_the_line_is_that_of_the_service()
    {
        for (int run = 0; run < 200; run++)
        {
            string[] backends = [.. Enumerable.Range(1, random.Next(0, 11)).Select(i => string.Create(CultureInfo.InvariantCulture,
                $"20.0.{run}.{i}:8080 weight={(run % 3 == 0 ? 100 : random.Next(4) == 0 ? 0 : random.Next(1, 65_536))}"))];
            TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", backends));
            VirtualService service = policy.Service();
            ServiceLine line = policy.Policy.ServiceLines[0];
            int usable = service.Backends.Count(static backend => backend.Weight > 0);
            if (usable == 0) usable = service.Backends.Length;
            Assert.Equal(usable > 8 ? ServiceLine.AskService : usable, line.Choices);
            for (int flow = 0; flow < 200 && line.Choices != ServiceLine.AskService; flow++)
            {
                FirstPacket packet = policy.Packet("a", $"10.0.{flow}.{random.Next(256)}:{random.Next(65_536)}", "30.0.0.2:80", "tcp");
                Assert.Equal(service.Choose(packet), line.Choose(packet, line.Choices));
            }
        }
    }

    [Fact]
    public void Whoever_is_down_gets_nothing_and_all_is_as_before_once_he_is_up()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1", "20.0.0.2 weight=30", "20.0.0.3"));
        Dictionary<string, int> whole = policy.Spread("30.0.0.2:80", 3000);
        policy.SetUp("20.0.0.2", isUp: false);
        Assert.DoesNotContain("20.0.0.2:80", policy.Spread("30.0.0.2:80", 3000).Keys);
        policy.SetUp("20.0.0.1", isUp: false);
        policy.SetUp("20.0.0.2", isUp: true);
        Assert.DoesNotContain("20.0.0.1:80", policy.Spread("30.0.0.2:80", 3000).Keys);
        policy.SetUp("20.0.0.1", isUp: true);
        Assert.Equal(whole.OrderBy(static pair => pair.Key), policy.Spread("30.0.0.2:80", 3000).OrderBy(static pair => pair.Key));
    }

    [Theory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void The_index_of_addresses_finds_all_of_them_and_no_other(IpFamily family)
    {
        HostEntry[] hosts = [.. Enumerable.Range(0, 5000).Select(i => new HostEntry
        {
            Address = AddressOf(family, i * 3).Value, Family = family, IsUsed = true, Value = i, Service = i, Backend = i * 4,
        })];
        var index = new HostIndex(hosts);
        for (int i = 0; i < 15_000; i++)
        {
            Assert.Equal(i % 3 == 0, index.TryFind(AddressOf(family, i), out HostEntry found));
            if (i % 3 == 0) Assert.Equal(i / 3, found.Value);
        }

        Assert.False(index.TryFind(new IpAddress(family == IpFamily.V4 ? IpFamily.V6 : IpFamily.V4, AddressOf(family, 0).Value & uint.MaxValue), out _));
    }

    [Fact]
    public void A_realm_with_many_virtual_addresses_decides_as_one_with_few()
    {
        string[] many = [.. Enumerable.Range(0, 1500).Select(i => Translation($"30.0.{i / 250}.{i % 250} 80 TCP vip", "", $"20.0.{i / 250}.{i % 250}:8080"))];
        TestPolicy policy = Of(many);
        Assert.False(policy.Policy.Hosts[policy.Packet("a", "10.0.0.5:4", "30.0.0.2:80", "tcp").Realm].IsEmpty);
        for (int i = 0; i < 1500; i += 7)
        {
            Assert.Equal($"session a: 10.0.0.5:4 > 20.0.{i / 250}.{i % 250}:8080", policy.Serve("10.0.0.5:4", $"30.0.{i / 250}.{i % 250}:80"));
            Assert.Equal("drop NotExposed", policy.Serve("10.0.0.5:4", $"30.0.{i / 250}.{i % 250}:81"));
        }

        Assert.Equal("route a", policy.Serve("10.0.0.5:4", "30.0.0.251:80"));
        Assert.Equal("route a", policy.Serve("10.0.0.5:4", "30.0.6.1:80"));
    }

    private static IpAddress AddressOf(IpFamily family, int number) =>
        family == IpFamily.V4 ? IpAddress.V4(0x1E00_0000 + (uint)number) : IpAddress.V6(((UInt128)0x2001_0DB8_0000_0000 << 64) + (UInt128)number);
}
