using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests;

public sealed class RowFilterTests
{
    [Theory]
    [InlineData("a|", "a}")]
    [InlineData("a.", "a0")]
    [InlineData("a\"", "a$")]
    [InlineData("a~", "a\u00A0")]
    [InlineData("a\uFFFF", "b")]
    [InlineData("a😀", "b")]
    [InlineData("\uFFFF", null)]
    [InlineData("", null)]
    public void The_first_key_after_a_prefix_is_behind_all_its_keys(string prefix, string? expected) => Assert.Equal(expected, RowFilter.FirstKeyAfter(prefix));

    [Fact]
    public void A_filter_is_a_range_within_the_partition_with_its_quotes_doubled()
    {
        var filter = RowFilter.For(new RowQuery(new PartitionAddress("T", "it's"), "a|") { RowKeyFrom = "a|7" });

        Assert.Equal("PartitionKey eq 'it''s' and RowKey ge 'a|7' and RowKey lt 'a}'", filter);
    }
}
