using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Tests.Validation;

public sealed class OptionFaultsTests
{
    [Fact]
    public void A_setting_at_either_end_of_its_range_is_fine()
    {
        int low = 1, high = 9;
        Assert.Empty(new OptionFaults("S").Between(low, 1, 9).Between(high, 1, 9));
    }

    [Fact]
    public void A_setting_out_of_range_is_named_with_its_section_value_and_range()
    {
        var count = 10;
        Assert.Equal("S:count is 10: set it between 1 and 9.", Assert.Single(new OptionFaults("S").Between(count, 1, 9)));
    }

    [Fact]
    public void A_value_outside_of_the_range_that_means_something_is_fine()
    {
        int off = 0, wrong = -1;
        Assert.Empty(new OptionFaults("S").Between(off, 1, 9, (0, "to turn it off")));
        Assert.Equal("S:wrong is -1: set it between 1 and 9, or to 0 to turn it off.", Assert.Single(new OptionFaults("S").Between(wrong, 1, 9, (0, "to turn it off"))));
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        string table = " ";
        var count = 0;
        var thrown = Assert.Throws<ArgumentException>(() => OptionFaults.ThrowIfAny(new OptionFaults("S").Named(table, "table").Between(count, 1, 9)));
        Assert.Equal("S:table is empty: name a table. S:count is 0: set it between 1 and 9.", thrown.Message);
    }
}
