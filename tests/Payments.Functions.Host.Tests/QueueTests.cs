using FunctionsHost;

namespace Payments.Functions.Host.Tests;

public sealed class QueueTests(RunningApp app) : IClassFixture<RunningApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Fact]
    public async Task A_command_that_comes_four_times_charges_once_and_every_copy_is_completed()
    {
        for (var copy = 0; copy < 4; copy++)
        {
            await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), $"{_account}-{copy}");
        }

        await app.UntilAsync(() => Task.FromResult(SettledOf(_account).Count == 4), "four copies are settled");
        Assert.All(SettledOf(_account), settled => Assert.Equal("complete", settled.Settlement));
        Assert.Equal(1, await app.ChargesAsync(_account));
        await app.EmptyAsync("payments");
    }

    [Fact]
    public async Task A_command_charges_and_its_event_becomes_a_receipt()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), _account);
        await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the command charged");
        await app.EmptyAsync("payments");

        // Its event reaches the statement and the mailbox.
        await app.UntilAsync(async () => (await app.Operator.GetStringAsync("/api/simulator/mailbox")).Contains(_account, StringComparison.Ordinal), "the receipt was sent");
        await app.EmptyAsync("payment-events");
    }

    [Fact]
    public async Task What_nobody_understands_is_a_dead_letter_with_its_reason()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, type: "payment.nonsense"), _account);

        var letter = await app.DeadLetterAsync("payments", _account);

        Assert.Equal("UnknownType", letter.DeadLetterReason);
        Assert.Contains("payment.nonsense", letter.DeadLetterErrorDescription, StringComparison.Ordinal);
        await app.EmptyAsync("payments");
    }

    // What was committed and could not be settled is the classic duplicate.
    [Fact]
    public async Task A_command_whose_settlement_fails_comes_again_and_charges_once()
    {
        app.Host.RefuseNextSettlementOf(_account);
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), _account);

        await app.UntilAsync(() => Task.FromResult(SettledOf(_account).Any(settled => settled.Settlement == "complete")), "it is settled");
        Assert.Equal(["refused complete", "complete"], SettledOf(_account).Select(settled => settled.Settlement));
        Assert.Equal(1, await app.ChargesAsync(_account));
        await app.UntilAsync(async () => await app.ReceiptsAsync(_account) == 1, "its event became a receipt");
        await app.EmptyAsync("payments");
        await app.EmptyAsync("payment-events");
    }

    [Fact]
    public async Task A_command_that_fails_once_is_given_back_and_then_completed()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, "pm_unavailable"), _account);

        await app.UntilAsync(() => Task.FromResult(SettledOf(_account).Any(settled => settled.Settlement != "abandon")), "it is settled for good");
        Assert.Equal(["abandon", "complete"], SettledOf(_account).Select(settled => settled.Settlement));
        Assert.Equal([1, 2], SettledOf(_account).Select(settled => settled.DeliveryCount));
        Assert.Equal(1, await app.ChargesAsync(_account));
        await app.EmptyAsync("payments");
    }

    // The message is held for the pause before it is given back, however quick or slow the machine is: a timer never ends early.
    [Fact]
    public async Task A_command_that_always_fails_is_dead_lettered_after_growing_pauses()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, "pm_unknown"), _account);

        var letter = await app.DeadLetterAsync("payments", _account);

        Assert.Equal("DeliveriesExhausted", letter.DeadLetterReason);
        await app.UntilAsync(() => Task.FromResult(SettledOf(_account).Count == 10), "the last settlement is told");
        var settled = SettledOf(_account);
        Assert.Equal([.. Enumerable.Repeat("abandon", 9), "dead-letter DeliveriesExhausted"], settled.Select(message => message.Settlement));
        Assert.Equal(Enumerable.Range(1, 10), settled.Select(message => message.DeliveryCount));
        foreach (var (message, pause) in settled.Zip([20, 40, 80, 160, 320, 320, 320, 320, 320]))
        {
            Assert.True(message.Held >= TimeSpan.FromMilliseconds(pause), $"Delivery {message.DeliveryCount} was given back after {message.Held}, before its pause of {pause} ms was over.");
        }

        await app.EmptyAsync("payments");
    }

    private List<SettledMessage> SettledOf(string messageId) => [.. app.Host.Settled.Where(settled => settled.MessageId.StartsWith(messageId, StringComparison.Ordinal))];
}
