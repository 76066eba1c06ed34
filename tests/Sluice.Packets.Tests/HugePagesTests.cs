using Xunit;

namespace Sluice.Packets.Tests;

public class HugePagesTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(HugePages.Bytes / sizeof(int))]
    [InlineData(3 * HugePages.Bytes / sizeof(int) + 7)]
    public void What_an_array_holds_stays_as_it_is(int length)
    {
        int[] pinned = GC.AllocateUninitializedArray<int>(length, pinned: true);
        HugePages.Want(pinned);
        var moving = new (string Name, int Number)[length];
        for (int i = 0; i < length; i++) (pinned[i], moving[i]) = (i * 7, ("same", i));
        HugePages.Gather(pinned);
        HugePages.Gather(moving);
        GC.Collect();
        for (int i = 0; i < length; i++)
            if (pinned[i] != i * 7 || moving[i] != ("same", i)) Assert.Fail($"{i} is {pinned[i]} and {moving[i]}");
        Assert.Equal(length >= HugePages.Bytes / sizeof(int), HugePages.IsWorth((long)length * sizeof(int)));
    }
}
