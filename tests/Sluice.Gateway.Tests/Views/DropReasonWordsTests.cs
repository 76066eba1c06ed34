using Sluice.Gateway.Views;
using Sluice.Packets;
using Xunit;

namespace Sluice.Gateway.Tests.Views;

public class DropReasonWordsTests
{
    [Fact]
    public void A_reason_is_told_in_the_words_that_document_it() =>
        Assert.Equal("No public port is free anywhere in the pool.", DropReasonWords.Of(DropReason.PoolExhausted));

    [Fact]
    public void Every_reason_has_words() =>
        Assert.All(Enum.GetValues<DropReason>(), reason => Assert.NotEqual($"{reason}.", DropReasonWords.Of(reason)));
}
