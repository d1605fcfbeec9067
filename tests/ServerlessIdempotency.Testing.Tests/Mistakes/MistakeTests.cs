using ServerlessIdempotency.Execution;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>The kit finds what it is for. The times are in the output; each is far below ten seconds on a quiet machine.</summary>
public sealed class MistakeTests(ITestOutputHelper output)
{
    // A run begins at the beginning of 2026; retention is 24 hours.
    private static readonly DateTimeOffset Tomorrow = new(2026, 1, 2, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task Get_then_set_is_found() => Found.ByAsync(
        "One payment: 2 payments.",
        new IdempotencyProof<GetThenSet>(process => new GetThenSet(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Call("B", "k-1", app => app.PayAsync())
            .Invariant("One payment", NaiveApp.OnePaymentAsync),
        output);

    [Fact]
    public Task Completing_without_a_fence_is_found() => Found.ByAsync(
        "The callers of k-1 were told different things: A 'paid by p2', A 'paid by p1'.",
        new IdempotencyProof<CompletesWithoutFence>(process => new CompletesWithoutFence(process)).Call("A", "k-1", app => app.PayAsync()),
        output);

    [Fact]
    public Task A_missing_own_write_check_is_found() => Found.ByAsync(
        "'409 somebody else has paid' instead of '201 paid'",
        new IdempotencyProof<NoOwnWriteCheck>(process => new NoOwnWriteCheck(process))
            .Call("A", "k-1", app => app.PayAsync())
            .SameEnd(end => Task.FromResult(end.ToldOf("k-1")[0])),
        output);

    [Fact]
    public Task A_random_gateway_key_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under different keys.",
        new IdempotencyProof<RandomGatewayKey>(process => new RandomGatewayKey(process)).Call("A", "k-1", app => app.PayAsync()),
        output);

    [Fact]
    public Task Rerunning_what_can_not_be_repeated_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under no key.",
        CrashPolicyProofTests.Proof(process => new PolicyApp(process, CrashPolicy.Rerun)),
        output);

    [Fact]
    public Task A_probe_that_only_looks_is_found() => Found.ByAsync(
        "the end: 1 payments and 2 charges.",
        CrashPolicyProofTests.Proof(process => new PolicyApp(process, CrashPolicy.Probe) { OnlyLooks = true }),
        output);

    [Fact]
    public Task Asking_without_a_claim_is_found() => Found.ByAsync(
        "at most one payment: 2.",
        new IdempotencyProof<PolicyApp>(process => new PolicyApp(process, CrashPolicy.Block) { AsksWithoutClaim = true })
            .Call("A", "k-1", app => app.PayAsync())
            .Call("B", "k-1", app => app.PayAsync())
            .Invariant("at most one payment", async end => (await end.ListAsync(EngineApp.Partition, "payment|")).Count is > 1 and var count ? $"{count}." : null),
        output);

    [Fact]
    public Task Blocking_where_nobody_may_ask_again_is_found() => Found.ByAsync(
        "the end: It is InProgress with 0 payments, 1 charges and 0 notes.",
        CrashPolicyProofTests.Proof(process => new PolicyApp(process, CrashPolicy.Block) { GoesAway = true }).MayLeaveUnfinished(),
        output);

    [Fact]
    public Task An_outside_effect_in_a_single_trip_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under no key.",
        SingleTripProofTests.Proof(process => new SingleTripApp(process) { CallsOutside = true }),
        output);

    [Fact]
    public Task Settling_before_the_commit_is_found() => Found.ByAsync(
        "One payment: 0 payments.",
        new IdempotencyProof<SettlesBeforeCommit>(process => new SettlesBeforeCommit(process))
            .Consumer("payments", (app, message) => app.ConsumeAsync(message))
            .Message("payments", BalanceConsumer.Message("m-1", 5))
            .Invariant("One payment", NaiveApp.OnePaymentAsync),
        output);

    [Fact]
    public Task Settling_a_batch_before_its_commit_is_found() => Found.ByAsync("The state: It is absent after 0 messages.", Batch(process => new NaiveBatch(process) { SettlesFirst = true }), output);

    [Fact]
    public Task Acknowledging_a_failed_neighbour_is_found() => Found.ByAsync("The state: It is b after 2 messages.", Batch(process => new NaiveBatch(process) { AcknowledgesNeighbours = true }), output);

    [Fact]
    public Task Going_on_behind_a_failed_message_of_a_session_is_found() => Found.ByAsync("The state: It is b after 3 messages.", Batch(process => new NaiveBatch(process) { GoesOn = true }), output);

    // The mistakes are what is found: without one nothing is.
    [Fact]
    public async Task The_same_batch_without_a_mistake_is_right() => output.WriteLine((await Batch(process => new NaiveBatch(process)).RunAsync()).ToString());

    [Fact]
    public Task A_store_that_ignores_the_etags_of_a_transaction_is_found() => Found.ByAsync(
        "The balance: It is 7 instead of 12.",
        Balance(() => new ETagBlindStore(new InMemoryRowStore())),
        output);

    [Fact]
    public Task A_store_that_merges_instead_of_replacing_is_found() => Found.ByAsync(
        "Two charges: 1 charges in two days.",
        TwoDays(() => new MergingStore(new InMemoryRowStore())),
        output);

    [Fact]
    public Task A_step_recorded_before_it_ran_is_found() => Found.ByAsync(
        "One charge: 0 charges.",
        new IdempotencyProof<RecordsStepFirst>(process => new RecordsStepFirst(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("One charge", NaiveApp.OneChargeAsync),
        output);

    [Fact]
    public Task A_message_sent_before_the_commit_is_found() => Found.ByAsync(
        "'paid by p1' was sent, and is not true: paid by p2.",
        new IdempotencyProof<SendsBeforeCommit>(process => new SendsBeforeCommit(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("Nothing untrue is said", SendsBeforeCommit.NothingUntrueIsSaidAsync),
        output);

    [Fact]
    public Task A_replay_to_another_request_is_found() => Found.ByAsync(
        "B is not told of A's payment: It is.",
        new IdempotencyProof<ReplaysToAnyone>(process => new ReplaysToAnyone(process))
            .Call("A", "5 under k-1", app => app.PayAsync("5"))
            .Call("B", "7 under k-1", app => app.PayAsync("7"))
            .Invariant("B is not told of A's payment", end => Task.FromResult(end.ToldOf("7 under k-1").Contains("paid 5") ? "It is." : null)),
        output);

    [Fact]
    public Task A_replay_past_the_retention_is_found() => Found.ByAsync(
        "Two payments: 1 payments in two days.",
        new IdempotencyProof<NeverExpires>(process => new NeverExpires(process))
            .Call("today", "k-1 today", app => app.PayAsync(default))
            .Call("tomorrow", "k-1 tomorrow", app => app.PayAsync(Tomorrow))
            .Invariant("Two payments", NeverExpires.TwoPaymentsAsync),
        output);

    [Fact]
    public Task A_result_that_is_not_stored_is_found() => Found.ByAsync(
        "The callers of k-1 were told different things: A '201 paid', B '200 already processed'.",
        new IdempotencyProof<ForgetsResult>(process => new ForgetsResult(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Call("B", "k-1", app => app.PayAsync()),
        output);

    [Fact]
    public Task A_lock_that_is_not_fenced_is_found() => Found.ByAsync(
        "One payment: 2 payments.",
        new IdempotencyProof<LockWithoutFence>(process => new LockWithoutFence(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("One payment", NaiveApp.OnePaymentAsync),
        output);

    [Fact]
    public Task Dedupe_in_memory_only_is_found() => Found.ByAsync(
        "One payment: 2 payments.",
        new IdempotencyProof<RemembersInMemory>(process => new RemembersInMemory(process))
            .Consumer("payments", (app, message) => app.ConsumeAsync(message))
            .Message("payments", BalanceConsumer.Message("m-1", 5))
            .Message("payments", BalanceConsumer.Message("m-1", 5))
            .Invariant("One payment", NaiveApp.OnePaymentAsync),
        output);

    [Fact]
    public Task Taking_an_unclear_write_for_one_that_did_not_happen_is_found() => Found.ByAsync(
        "One payment: 2 payments.",
        new IdempotencyProof<TakesUnclearForNo>(process => new TakesUnclearForNo(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("One payment", NaiveApp.OnePaymentAsync),
        output);

    [Fact]
    public Task Running_again_because_of_a_limit_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under different keys.",
        new IdempotencyProof<RerunsOnLimit>(process => new RerunsOnLimit(process)).Call("A", "k-1", app => app.PayAsync()),
        output);

    [Fact]
    public async Task The_same_consumer_over_a_right_store_passes() =>
        output.WriteLine((await Balance(() => new InMemoryRowStore()).RunAsync()).ToString());

    [Fact]
    public async Task The_same_steps_on_two_days_over_a_right_store_pass()
    {
        var report = await TwoDays(() => new InMemoryRowStore()).RunAsync();

        output.WriteLine(report.ToString());
        Assert.True(report.IsExhausted);
    }

    // With two switches both callers act on one day, and that is one payment over a right store, too. So there is one deviation, and nothing random beyond it.
    private static IdempotencyProof<EngineApp> TwoDays(Func<IRowStore> newStore)
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .Over(newStore)
            .Call("today", "k-1 today", app => app.PayInStepsAsync())
            .Call("tomorrow", "k-1 tomorrow", app => app.PayInStepsAsync(Tomorrow))
            .Invariant("Two charges", end => Task.FromResult(end.Effects.Count(effect => effect.Name == "charge") is var count and not 2 ? $"{count} charges in two days." : null));
        proof.Options.Deviations = 1;
        proof.Options.Samples = 0;
        return proof;
    }

    private static IdempotencyProof<NaiveBatch> Batch(Func<ProofProcess, NaiveBatch> start) => new IdempotencyProof<NaiveBatch>(start)
        .BatchConsumer(NaiveBatch.Queue, (app, messages) => app.ConsumeAsync(messages))
        .Message(NaiveBatch.Queue, BalanceConsumer.Message("a", 1) with { SessionId = "s" })
        .Message(NaiveBatch.Queue, BalanceConsumer.Message("b", 1) with { SessionId = "s" })
        .Message(NaiveBatch.Queue, BalanceConsumer.Message("c", 1) with { SessionId = "s" })
        .Invariant("The state", NaiveBatch.StateIsC);

    private static IdempotencyProof<BalanceConsumer> Balance(Func<IRowStore> newStore) => new IdempotencyProof<BalanceConsumer>(process => new BalanceConsumer(process))
        .Over(newStore)
        .Consumer("amounts", (app, message) => app.ConsumeAsync(message))
        .Message("amounts", BalanceConsumer.Message("m-1", 3))
        .Message("amounts", BalanceConsumer.Message("m-2", 4))
        .Message("amounts", BalanceConsumer.Message("m-3", 5))
        .Invariant("The balance", end => BalanceConsumer.BalanceIs(end, 12));
}
