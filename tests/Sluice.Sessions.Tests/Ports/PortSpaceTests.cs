using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Ports;

public sealed unsafe class PortSpaceTests : IDisposable
{
    private readonly PublicAddresses addresses = new(16, new HashSecret(1, 2));
    private readonly PortSpace* space;

    public PortSpaceTests()
    {
        space = addresses.SpaceOf(addresses.FindOrAdd(2, IpAddress.Parse("203.0.113.1")), PortClass.Tcp);
        addresses.Prepare(space, shares: true);
    }

    public void Dispose() => addresses.Dispose();

    [Fact]
    public void The_layout_is_a_cache_line_a_space()
    {
        Assert.Equal(64, sizeof(PortSpace));
        Assert.Equal(320, sizeof(PublicAddress));
    }

    [Fact]
    public void A_port_has_one_owner()
    {
        Assert.True(space->TryTake(5000));
        Assert.False(space->TryTake(5000));
        space->Release(5000);
        Assert.True(space->TryTake(5000));
    }

    [Theory]
    [InlineData(1024u, 65535u)]
    [InlineData(5000u, 5000u)]
    [InlineData(5003u, 5131u)]
    [InlineData(0u, 65535u)]
    [InlineData(511u, 513u)]
    public void Every_port_of_a_range_is_found_from_any_start_and_none_outside(uint first, uint last)
    {
        var random = new Random(3);
        var taken = new HashSet<int>();
        for (uint i = first; i <= last; i++)
        {
            int port = space->TakeFrom(first + (uint)random.Next((int)(last - first + 1)), first, last);
            Assert.InRange(port, (int)first, (int)last);
            Assert.True(taken.Add(port));
        }

        Assert.Equal(-1, space->TakeFrom(first, first, last));
        space->Release((first + last) / 2);
        Assert.Equal((int)((first + last) / 2), space->TakeFrom(last, first, last));
        Assert.Equal((int)(last - first + 1), space->CountTaken(first, last, out int claimed));
        Assert.Equal(0, claimed);
    }

    [Fact]
    public void The_next_free_port_after_the_start_is_taken()
    {
        for (uint port = 2000; port < 2600; port++) space->TryTake(port);
        Assert.Equal(2600, space->TakeFrom(2000, 1024, 65535));
        Assert.Equal(1999, space->TakeFrom(1999, 1024, 65535));
    }

    [Fact]
    public void A_shared_port_is_taken_while_anybody_shares_it_and_never_with_an_owner()
    {
        Assert.True(space->TryShare(5000));
        Assert.True(space->TryShare(5000));
        Assert.False(space->TryTake(5000));
        space->Unshare(5000);
        Assert.True(space->IsTaken(5000));
        space->Unshare(5000);
        Assert.False(space->IsTaken(5000));
        Assert.True(space->TryTake(5000));
        Assert.False(space->TryShare(5000));
    }

    [Fact]
    public void A_port_is_shared_at_most_65535_times()
    {
        for (int i = 0; i < ushort.MaxValue; i++) Assert.True(space->TryShare(5000));
        Assert.False(space->TryShare(5000));
        Assert.Equal(ushort.MaxValue, space->SharesOf(5000));
    }

    [Fact]
    public void A_claim_takes_a_free_port_until_it_is_given_up_as_often_as_it_was_made()
    {
        var claims = new PortClaims(addresses);
        IpAddress address = IpAddress.Parse("203.0.113.1");
        Assert.True(claims.Claim(2, address, PortClass.Tcp, 22));
        Assert.True(claims.Claim(2, address, PortClass.Tcp, 22));
        Assert.False(space->TryTake(22));
        Assert.False(space->TryShare(22));
        claims.Release(2, address, PortClass.Tcp, 22);
        Assert.False(space->TryTake(22));
        claims.Release(2, address, PortClass.Tcp, 22);
        Assert.True(space->TryTake(22));
    }

    [Fact]
    public void A_claim_on_a_port_in_use_holds_once_the_port_is_given_back()
    {
        var claims = new PortClaims(addresses);
        IpAddress address = IpAddress.Parse("203.0.113.1");
        space->TryTake(22);
        Assert.False(claims.Claim(2, address, PortClass.Tcp, 22));
        space->Release(22);
        Assert.True(space->IsTaken(22));
        claims.Release(2, address, PortClass.Tcp, 22);
        Assert.False(space->IsTaken(22));
    }

    [Fact]
    public void A_claim_given_up_before_the_owner_gives_back_leaves_the_owner_its_port()
    {
        var claims = new PortClaims(addresses);
        IpAddress address = IpAddress.Parse("203.0.113.1");
        space->TryTake(22);
        claims.Claim(2, address, PortClass.Tcp, 22);
        claims.Release(2, address, PortClass.Tcp, 22);
        Assert.True(space->IsTaken(22));
        space->Release(22);
        Assert.False(space->IsTaken(22));
    }

    [Fact]
    public void A_mirror_follows_every_bit_from_the_moment_it_is_set()
    {
        ulong* words = stackalloc ulong[PortSpace.Words];
        new Span<ulong>(words, PortSpace.Words).Fill(0xFFFF);
        space->TryTake(1000);
        addresses.SetMirror(space, words);
        space->TryTake(2000);
        space->TryShare(3000);
        space->TryTake(4000);
        space->Release(4000);
        for (uint port = 0; port < 65536; port++)
            Assert.Equal(space->IsTaken(port), (words[port >> 6] >> (int)(port & 63) & 1) != 0);
        addresses.SetMirror(space, null);
        space->Release(1000);
        Assert.NotEqual(0ul, words[1000 >> 6]);
    }

    [Fact]
    public void Threads_that_take_and_release_never_own_one_port_twice_and_lose_none()
    {
        const int Threads = 4, Rounds = 20_000;
        const uint First = 1024, Last = 1024 + 1535;
        var owners = new int[65536];
        int doubles = 0, exhausted = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            var random = new RandomSource(9, (ulong)t);
            var mine = new Queue<int>();
            for (int i = 0; i < Rounds; i++)
            {
                // Together never more than the range has: then a scan that finds nothing is wrong.
                if (mine.Count == (Last - First + 1) / Threads || (mine.Count > 0 && random.Below(2) == 0))
                {
                    int back = mine.Dequeue();
                    Interlocked.Decrement(ref owners[back]);
                    space->Release((uint)back);
                }
                else
                {
                    int port = space->TakeFrom(First + random.Below(Last - First + 1), First, Last);
                    if (port < 0)
                    {
                        Interlocked.Increment(ref exhausted);
                        continue;
                    }

                    if (Interlocked.Increment(ref owners[port]) != 1) Interlocked.Increment(ref doubles);
                    mine.Enqueue(port);
                }
            }

            foreach (int port in mine)
            {
                Interlocked.Decrement(ref owners[port]);
                space->Release((uint)port);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, doubles);
        Assert.Equal(0, space->CountTaken(0, 65535, out _));

        // A scan passes a place before a port behind it comes free, so single failures beside releases are right; a stuck mark is not.
        for (uint i = First; i <= Last; i++) Assert.NotEqual(-1, space->TakeFrom(First, First, Last));
        Assert.InRange(exhausted, 0, Threads * Rounds);
    }
}
