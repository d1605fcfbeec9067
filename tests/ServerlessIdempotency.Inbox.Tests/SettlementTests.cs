namespace ServerlessIdempotency.Inbox.Tests;

public sealed class SettlementTests
{
    [Fact]
    public void Every_outcome_has_its_settlement()
    {
        Assert.IsType<Settlement.Complete>(new InboxOutcome.Processed().ToSettlement());
        Assert.IsType<Settlement.Complete>(new InboxOutcome.Duplicate().ToSettlement());
        Assert.IsType<Settlement.Abandon>(new InboxOutcome.InProgressElsewhere(TimeSpan.FromSeconds(1)).ToSettlement());
        Assert.IsType<Settlement.Abandon>(new InboxOutcome.Failed(new IOException()).ToSettlement());
        Assert.IsType<Settlement.Release>(new InboxOutcome.HeldBack("R").ToSettlement());
        Assert.Equal(new Settlement.DeadLetter("R", "D"), new InboxOutcome.Rejected("R", "D").ToSettlement());
    }

    [Fact]
    public void A_description_longer_than_a_broker_takes_is_cut()
    {
        var deadLetter = Assert.IsType<Settlement.DeadLetter>(new InboxOutcome.Rejected("R", new string('x', 5_000)).ToSettlement());
        Assert.Equal(4096, deadLetter.Description.Length);
    }
}
