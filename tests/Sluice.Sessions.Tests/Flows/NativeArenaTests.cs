using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed unsafe class NativeArenaTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(5000, 4096)]
    [InlineData(3 << 20, 2 << 20)]
    public void Memory_is_zeroed_and_aligned_and_can_be_written_to_its_end(int bytes, int alignment)
    {
        using var arena = new NativeArena();
        byte* memory = arena.Allocate<byte>((nuint)bytes);
        Assert.Equal(0u, (nuint)memory % (nuint)alignment);
        Assert.Equal(-1, new ReadOnlySpan<byte>(memory, bytes).IndexOfAnyExcept((byte)0));
        memory[bytes - 1] = 1;
        Assert.True(arena.MappedBytes >= (nuint)bytes);
    }

    [Fact]
    public void Mapping_far_more_than_the_machine_has_costs_nothing_until_it_is_touched()
    {
        using var arena = new NativeArena();
        long* memory = arena.Allocate<long>(1 << 30);
        memory[(1 << 30) - 1] = 1;
        Assert.Equal(0, memory[0]);
    }

    [Fact]
    public void A_size_that_the_kernel_refuses_is_an_error_that_says_so()
    {
        using var arena = new NativeArena();
        Assert.Throws<InsufficientMemoryException>(() => arena.Allocate<long>((nuint)1 << 58));
        Assert.Equal(0u, arena.MappedBytes);
    }

    [Fact]
    public void Disposing_twice_unmaps_once()
    {
        var arena = new NativeArena();
        arena.Allocate<int>(10);
        arena.Dispose();
        arena.Dispose();
        Assert.Equal(0u, arena.MappedBytes);
    }
}
