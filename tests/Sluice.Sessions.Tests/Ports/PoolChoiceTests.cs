using System.Collections.Immutable;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Ports;

public sealed class PoolChoiceTests
{
    [Fact]
    public void A_host_keeps_its_public_address_over_all_protocols()
    {
        using var test = new TestStore(pool: "203.0.113.1,203.0.113.7,203.0.113.9-203.0.113.12");
        for (int host = 1; host < 30; host++)
        {
            var seen = new HashSet<IpAddress>();
            for (ushort i = 0; i < 30; i++)
            {
                seen.Add(test.Create(test.Udp($"10.0.0.{host}", (ushort)(4000 + i))).Reply.Destination);
                seen.Add(test.Create(test.Tcp($"10.0.0.{host}", (ushort)(4000 + i))).Reply.Destination);
                seen.Add(test.Create(test.Ping($"10.0.0.{host}", i)).Reply.Destination);
            }

            Assert.Single(seen);
        }
    }

    [Fact]
    public void Hosts_are_spread_over_the_pool_and_only_over_it()
    {
        using var test = new TestStore(pool: "203.0.113.1,203.0.113.7,203.0.113.9-203.0.113.12");
        var uses = new Dictionary<string, int>();
        for (int host = 0; host < 6000; host++)
        {
            string address = test.Pool.AddressAt(test.Pool.FirstChoice(1, IpAddress.V4(0x0A00_0000u + (uint)host))).ToString();
            uses[address] = uses.GetValueOrDefault(address) + 1;
        }

        Assert.Equal(
            ["203.0.113.1", "203.0.113.10", "203.0.113.11", "203.0.113.12", "203.0.113.7", "203.0.113.9"],
            uses.Keys.Order(StringComparer.Ordinal));
        Assert.All(uses.Values, count => Assert.InRange(count, 700, 1300));
    }

    [Fact]
    public void The_first_choice_is_the_same_whatever_the_number_of_workers()
    {
        using var one = new TestStore(pool: "203.0.113.0/26", workers: 1);
        using var eight = new TestStore(pool: "203.0.113.0/26", workers: 8);
        for (uint host = 0; host < 1000; host++)
            Assert.Equal(one.Pool.FirstChoice(1, IpAddress.V4(host)), eight.Pool.FirstChoice(1, IpAddress.V4(host)));
    }

    [Fact]
    public void An_address_added_to_a_pool_moves_only_the_hosts_that_it_gets()
    {
        using var test = new TestStore();
        Pool small = test.PoolOf(new SessionProfile(), "203.0.113.1-203.0.113.8"), large = test.PoolOf(new SessionProfile(), "203.0.113.1-203.0.113.9");
        int moved = 0;
        for (uint host = 0; host < 9000; host++)
        {
            IpAddress before = small.AddressAt(small.FirstChoice(1, IpAddress.V4(host))), after = large.AddressAt(large.FirstChoice(1, IpAddress.V4(host)));
            if (before == after) continue;
            moved++;
            Assert.Equal(TestStore.Ip("203.0.113.9"), after);
        }

        Assert.InRange(moved, 600, 1400);
    }

    [Fact]
    public void When_a_hosts_address_is_full_another_is_used_and_an_event_says_so()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(5000, 5003) }, "203.0.113.1-203.0.113.2");
        var addresses = Enumerable.Range(0, 6).Select(i => test.Create(test.Udp("10.0.0.1", (ushort)(100 + i))).Reply.Destination).ToList();
        Assert.Equal(4, addresses.Count(a => a == addresses[0]));
        Assert.Equal(2, addresses.Distinct().Count());
        Assert.Equal(2, test.Store.Events.CountOf(PoolEventKind.AddressFull));
        PoolEvent first = test.Store.Events.Latest()[0];
        Assert.Equal((PoolEventKind.AddressFull, test.Pool, TestStore.Ip("10.0.0.1"), test.Now), (first.Kind, first.Pool, first.Host, first.At));
    }

    [Fact]
    public void Strict_pairing_refuses_instead()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(5000, 5003), PairedStrict = true }, "203.0.113.1-203.0.113.2");
        for (ushort i = 0; i < 4; i++) test.Create(test.Udp("10.0.0.1", i));
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.1", 10)));
    }

    [Fact]
    public void Equal_definitions_are_one_pool()
    {
        using var test = new TestStore();
        Pool one = test.PoolOf(new SessionProfile(), "203.0.113.0/30,198.51.100.1");
        Assert.Same(one, test.PoolOf(new SessionProfile(), "203.0.113.0/30,198.51.100.1"));
        Assert.NotSame(one, test.PoolOf(new SessionProfile { PreservePort = false }, "203.0.113.0/30,198.51.100.1"));
        Assert.NotSame(one, test.PoolOf(new SessionProfile(), "198.51.100.1,203.0.113.0/30"));
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("2001:db8::/64")]
    [InlineData("::/0")]
    public void A_huge_pool_costs_nothing_for_addresses_not_in_use(string prefix)
    {
        using var test = new TestStore(pool: prefix);
        bool v6 = prefix.Contains(':', StringComparison.Ordinal);
        for (int host = 0; host < 50; host++)
        {
            byte last = (byte)(host % 5);
            SessionView session = test.Create(v6 ? test.Udp($"fd00::{last:x}", (ushort)(host + 2000), "2001:db8:9::1") : test.Udp($"192.168.0.{last}", (ushort)(host + 2000)));
            Assert.True(IpPrefix.Parse(prefix).Contains(session.Reply.Destination));
        }

        Assert.InRange(test.Store.Memory.Ports, 1, 5 * 10_000);
        Assert.InRange(test.Store.Pools().Count, 3, 15);
    }

    [Fact]
    public void Beyond_the_limit_of_public_addresses_a_pool_is_full()
    {
        using var store = new SessionStore(new SessionStoreOptions { Capacity = 1000, MaxPublicAddresses = 2 });
        Pool pool = store.PoolFor(new PoolDefinition(2, [new IpRange(IpPrefix.Parse("203.0.113.0/24"))], new SessionProfile()));
        Assert.Equal(2, pool.UsableAddresses);
        Pool other = store.PoolFor(new PoolDefinition(3, ImmutableArray.Create(new IpRange(IpPrefix.Parse("203.0.113.0/24"))), new SessionProfile()));
        Assert.NotEqual(PublicAddresses.None, pool.NumberAt(0));
        Assert.NotEqual(PublicAddresses.None, pool.NumberAt(1));
        Assert.Equal(PublicAddresses.None, other.NumberAt(0));
    }
}
