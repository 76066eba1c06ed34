using System.Runtime.CompilerServices;
using Xunit;

namespace Sluice.Policy.Tests;

public class DecisionLayoutTests
{
    [Fact]
    public void A_decision_is_one_cache_line() => Assert.Equal(64, Unsafe.SizeOf<Decision>());
}
