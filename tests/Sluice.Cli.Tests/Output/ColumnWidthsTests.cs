using Sluice.Cli.Output;
using Xunit;

namespace Sluice.Cli.Tests.Output;

/// <summary>What of a table a narrow terminal shows.</summary>
public sealed class ColumnWidthsTests
{
    private static readonly int[] Natural = [4, 20, 10];
    private static readonly int[] Least = [4, 8, 10];
    private static readonly bool[] LastIsOptional = [false, false, true];

    [Theory]
    [InlineData(40, "4,20,10")]
    [InlineData(39, "4,19,10")]
    [InlineData(28, "4,8,10")]
    [InlineData(27, "4,19,0")]
    [InlineData(16, "4,8,0")]
    public void A_narrow_terminal_breaks_cells_between_words_and_then_leaves_columns_out(int width, string widths) =>
        Assert.Equal(widths, string.Join(',', ColumnWidths.Fit(Natural, Least, LastIsOptional, gap: 2, width)!));

    [Fact]
    public void A_word_is_never_broken() => Assert.Null(ColumnWidths.Fit(Natural, Least, LastIsOptional, gap: 2, width: 15));
}
