using FunctionsHost.Messages;

namespace Payments.Functions.Host.Tests.Sample;

/// <summary>Batched functions, with sessions and without, in the real worker.</summary>
public sealed class BatchFunctionTests(SampleApp app) : IClassFixture<SampleApp>
{
    private readonly string _name = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("entries")]
    [InlineData("readings")]
    public async Task Each_message_of_a_batch_is_applied_once_and_settled_by_itself(string queue)
    {
        string[] sent = [.. Enumerable.Range(10, 60).Select(number => $"{_name}-{number}"), $"{_name}-unknown"];
        await app.SendAsync(queue, Session(queue), [.. sent, sent[0]]);
        Assert.Equal(["complete", "complete"], await app.SettledAsync(sent[0], times: 2));
        Assert.Equal(["dead-letter UnknownEntry"], await app.SettledAsync($"{_name}-unknown", times: 1));
        foreach (var id in sent[1..^1])
        {
            Assert.Equal(["complete"], await app.SettledAsync(id, times: 1));
        }

        Assert.Equal(sent[..^1].Order(), (await EntriesAsync(queue)).Order());
        Assert.True(await app.IsEmptyAsync(queue));
        Assert.Empty(app.Host.Unsettled);
    }

    [Fact]
    public async Task A_failed_message_holds_back_its_session_and_only_its_own_delivery_counts()
    {
        await app.SendAsync("entries", _name, $"{_name}-1", $"{_name}-away", $"{_name}-3");
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-3", times: 1));
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-away", times: 2));
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-1", times: 1));
        Assert.Equal([$"{_name}-1", $"{_name}-3", $"{_name}-away"], (await EntriesAsync("entries")).Order());

        // A batch's messages are settled at once, in no order.
        Assert.Equal(2, Assert.Single(app.Host.Settled, message => message.MessageId == $"{_name}-away" && message.Settlement == "complete").DeliveryCount);
        Assert.Equal([1, 1, 2], DeliveriesOf("complete").Order());

        // So that it closes the session: the failure is in the log, with what it was.
        Assert.DoesNotContain(app.Host.Errors, error => error.Message.Contains("The supplier", StringComparison.Ordinal) && error.Message.Contains("OnEntries", StringComparison.Ordinal));
        Assert.Contains(app.Host.Lines, line => line.Level == RpcLog.Types.Level.Error && line.Message.Contains("A batch of OnEntries failed", StringComparison.Ordinal) && line.Exception.Message.Contains("does not answer", StringComparison.Ordinal));
    }

    /// <summary>The queue gives up at the third delivery. What was behind the failed message from the start would go to the dead letters with it if its deliveries counted.</summary>
    [Fact]
    public async Task A_message_that_never_succeeds_takes_nothing_with_it_to_the_dead_letters()
    {
        await app.SendAsync("entries", _name, $"{_name}-broken", $"{_name}-2");
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-2", times: 1));
        Assert.Equal(["abandon", "abandon", "abandon"], await app.SettledAsync($"{_name}-broken", times: 3));
        Assert.Equal([1, 2, 3], DeliveriesOf("abandon"));
        Assert.Equal([1], DeliveriesOf("complete"));
        Assert.Equal("MaxDeliveryCountExceeded", (await app.DeadLetterAsync("entries", $"{_name}-broken"))?.DeadLetterReason);
    }

    [Fact]
    public async Task What_is_held_back_is_abandoned_where_the_session_can_not_be_released()
    {
        app.Host.RefuseNextSettlementOf(_name);
        await app.SendAsync("entries", _name, $"{_name}-away", $"{_name}-2");
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-2", times: 2));
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-away", times: 2));
        Assert.Equal([2, 2], DeliveriesOf("complete"));
    }

    [Fact]
    public async Task A_failed_message_without_a_session_comes_again_alone()
    {
        await app.SendAsync("readings", null, $"{_name}-1", $"{_name}-away", $"{_name}-3");
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-away", times: 2));
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-3", times: 1));
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-1", times: 1));
    }

    private IEnumerable<int> DeliveriesOf(string settlement) =>
        app.Host.Settled.Where(message => message.Settlement == settlement && message.MessageId.StartsWith(_name, StringComparison.Ordinal)).Select(message => message.DeliveryCount);

    private string? Session(string queue) => queue == "entries" ? _name : null;

    private async Task<IReadOnlyList<string>> EntriesAsync(string queue) =>
        [.. (await app.RowsAsync("Entries", Session(queue) ?? "readings", "entry|")).Where(entry => entry.StartsWith(_name, StringComparison.Ordinal))];
}
