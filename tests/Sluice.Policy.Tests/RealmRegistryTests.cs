using Xunit;

namespace Sluice.Policy.Tests;

public class RealmRegistryTests
{
    [Fact]
    public void A_name_keeps_its_number_and_numbers_count_up()
    {
        var realms = new RealmRegistry();
        Assert.True(realms.TryGetOrAdd("default", out ushort first));
        Assert.True(realms.TryGetOrAdd("vpc-1", out ushort second));
        Assert.True(realms.TryGetOrAdd("default", out ushort again));
        Assert.Equal((0, 1, 0), (first, second, again));
        Assert.Equal("vpc-1", realms.NameOf(1));
        Assert.Equal("?", realms.NameOf(2));
        Assert.Equal(2, realms.Count);
    }

    [Fact]
    public void An_unknown_name_has_no_number()
    {
        var realms = new RealmRegistry();
        Assert.False(realms.TryGet("vpc-1", out ushort number));
        Assert.Equal(RealmRegistry.None, number);
    }
}
