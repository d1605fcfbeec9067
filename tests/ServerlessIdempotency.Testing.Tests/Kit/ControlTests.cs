using System.Globalization;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Kit;

public sealed class ControlTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Waiting_for_what_the_proof_does_not_control_is_told()
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process).Call("A", "k-1", _ => new TaskCompletionSource<ProofAnswer>().Task);
        proof.Options.UncontrolledTimeout = TimeSpan.FromMilliseconds(100);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(proof.RunAsync);
        Assert.Contains("waits for something that the proof does not control", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_ever_while_time_passes_is_told()
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process).Call("A", "k-1", async process =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), process.Clock);
            while (await timer.WaitForNextTickAsync())
            {
            }

            return new ProofAnswer.Final("never");
        });
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(proof.RunAsync);
        Assert.Contains("for ever", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_goes_another_way_is_told()
    {
        var runs = 0;
        var proof = new IdempotencyProof<ProofProcess>(process => process).Call("A", "k-1", async process =>
        {
            // State that outlives the run, where the proof can't see it.
            for (var step = runs++ == 0 ? 0 : 5; step < 6; step++)
            {
                await process.StepAsync("a step");
            }

            return new ProofAnswer.Final("done");
        });
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(proof.RunAsync);
        Assert.Contains("went another way", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_from_elsewhere_is_counted()
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process).Call("A", "k-1", async process =>
        {
            await Task.Run(() => process.StepAsync("a step on the thread pool"));
            return new ProofAnswer.Final("done");
        });
        (proof.Options.Faults, proof.Options.Samples) = (0, 0);
        var report = await proof.RunAsync();
        Assert.Equal(1, report.Explored);
        Assert.InRange(report.Uncontrolled, 1, 2);
        Assert.Contains("came from elsewhere", report.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public async Task Jobs_run_for_as_long_as_something_is_still_to_be_brought_about(int rounds, bool isInTime)
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process)
            .Job("work", process =>
            {
                process.Shared<List<int>>(() => []).Add(1);
                return Task.CompletedTask;
            })
            .Eventually("All is done", end => Task.FromResult(end.Shared<List<int>>(() => []).Count is var done && done < rounds ? $"{rounds - done} are left." : null));
        (proof.Options.Faults, proof.Options.Samples) = (0, 0);
        var exception = await Record.ExceptionAsync(proof.RunAsync);
        Assert.Equal(isInTime ? null : "All is done: 1 are left.", (exception as ProofFailedException)?.Violations[0]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("3.1-2.1")]
    [InlineData("1")]
    public async Task A_schedule_that_is_none_is_refused(string schedule) =>
        await Assert.ThrowsAsync<FormatException>(() => new IdempotencyProof<ProofProcess>(process => process).ReplayAsync(schedule));

    [Fact]
    public async Task Bounds_out_of_range_are_refused_by_name()
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process);
        (proof.Options.Faults, proof.Options.MaxPoints) = (11, 9);
        var exception = await Assert.ThrowsAsync<ArgumentException>(proof.RunAsync);
        Assert.Contains("Faults is 11", exception.Message, StringComparison.Ordinal);
        Assert.Contains("MaxPoints is 9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_does_not_fail_replays_in_peace()
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process)).Call("A", "k-1", app => app.PayAsync());
        await proof.ReplayAsync("1.2");
    }

    [Fact]
    public async Task A_caller_that_never_gets_an_answer_is_found()
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process).Call("A", "k-1", _ => throw new InvalidTimeZoneException("The handler is broken."));
        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);
        output.WriteLine(failure.Message);
        Assert.Contains("never got a final answer", failure.Message, StringComparison.Ordinal);
        Assert.Contains("The handler is broken.", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Message.Split('\n').Length < 15, "The story is too long.");
    }

    [Fact]
    public async Task A_caller_may_give_up_in_the_middle()
    {
        var cancelled = 0;
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .ImpatientCall("A", "k-1", async (app, token) =>
            {
                try
                {
                    return await app.PayAsync(token);
                }
                catch (OperationCanceledException) when (token.IsCancellationRequested)
                {
                    cancelled++;
                    throw;
                }
            })
            .Invariant("One payment", EngineApp.OnePaymentAsync);
        output.WriteLine((await proof.RunAsync()).ToString());
        Assert.NotEqual(0, cancelled);
    }

    [Fact]
    public async Task The_clocks_of_two_processes_differ_by_the_margin()
    {
        var seen = new SortedSet<double>();
        var proof = new IdempotencyProof<ProofProcess>(process => process).Call("A", "k-1", process =>
        {
            seen.Add((process.Clock.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds);
            return Task.FromResult<ProofAnswer>(new ProofAnswer.Final("seen"));
        });
        await proof.RunAsync();
        Assert.Equal([-1, 0, 1], seen);
    }

    [Theory]
    [InlineData("s", new[] { "1", "2" })]
    [InlineData(null, new[] { "1", "2" }, new[] { "2", "1" })]
    public async Task A_session_keeps_its_order_and_other_messages_come_in_any(string? session, params string[][] expected)
    {
        var orders = new HashSet<string>();
        var proof = new IdempotencyProof<ProofProcess>(process => process)
            .Consumer("queue", async (process, message) =>
            {
                await process.PassAsync(new ProofPoint<bool>("reads", () =>
                {
                    process.Shared<List<string>>(() => []).Add(message.MessageId!);
                    return Task.FromResult(true);
                }));
                return new Settlement.Complete();
            })
            .Message("queue", new InboundMessage(default) { MessageId = "1", SessionId = session })
            .Message("queue", new InboundMessage(default) { MessageId = "2", SessionId = session })
            .Invariant("noted", end =>
            {
                orders.Add(string.Join(',', end.Shared<List<string>>(() => []).Distinct()));
                return Task.FromResult<string?>(null);
            });
        await proof.RunAsync();
        Assert.Equal(expected.Select(order => string.Join(',', order)).Order(), orders.Order());
    }

    [Fact]
    public async Task A_message_is_delivered_one_to_three_times()
    {
        var counts = new HashSet<int>();
        var proof = new IdempotencyProof<ProofProcess>(process => process)
            .Consumer("queue", (process, message) =>
            {
                counts.Add(message.DeliveryCount);
                return Task.FromResult<Settlement>(new Settlement.Complete());
            })
            .Message("queue", new InboundMessage(default) { MessageId = "1" });
        await proof.RunAsync();
        Assert.Superset(new HashSet<int> { 1, 2, 3 }, counts);
    }

    [Fact]
    public async Task Time_stands_still_until_somebody_waits()
    {
        var proof = new IdempotencyProof<ProofProcess>(process => process)
            .Call("A", "k-1", async process =>
            {
                await Task.Delay(TimeSpan.FromHours(3), process.Clock);
                return new ProofAnswer.Final("waited");
            })
            .SameEnd(end => Task.FromResult(end.Now.Hour.ToString(CultureInfo.InvariantCulture)));
        (proof.Options.Faults, proof.Options.Samples) = (0, 0);
        await proof.RunAsync();
    }
}
