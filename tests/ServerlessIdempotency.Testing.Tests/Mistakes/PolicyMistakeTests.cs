using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Tests.Handlers;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>What goes wrong about an execution without an answer, or about a limit, is found: by two policies, by messages, by saga steps.</summary>
public sealed class PolicyMistakeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public Task Taking_an_end_without_an_answer_for_an_answer_is_found(CrashPolicy later) => Found.ByAsync(
        "'charge' had 2 effects for k-1, under no key.",
        TwoPolicyProofTests.Proof(process => new TwoPolicyApp(process, later, earlierThrows: true, new TakesSilenceForAnswer(process.Store))),
        output);

    [Fact]
    public Task Not_asking_after_an_end_without_an_answer_is_found() => Found.ByAsync(
        "the end: 1 payments and 2 charges.",
        TwoPolicyProofTests.Proof(process => new TwoPolicyApp(process, CrashPolicy.Probe, earlierThrows: true, new TakesSilenceForAnswer(process.Store))),
        output);

    [Fact]
    public Task Committing_the_first_rows_that_fit_is_found() => Found.ByAsync(
        "the lines: It is done with 98 of 100 lines.",
        LimitProofTests.TooManyRows(process => new PolicyApp(process, CrashPolicy.Rerun) { IsRepeatable = true, Lines = LimitProofTests.TooMany, CommitsTheFirst = true }),
        output);

    [Fact]
    public Task Making_a_step_again_whose_result_was_too_large_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under different keys.",
        LimitProofTests.LargeStep(process => new LargeStepApp(process, new ForgetsLargeSteps(process.Store))),
        output);

    [Fact]
    public Task A_consumer_that_runs_again_what_can_not_be_repeated_is_found() => Found.ByAsync(
        "'charge' had 2 effects for m-1, under no key.",
        ConsumerPolicyProofTests.Proof(process => new PolicyConsumer(process, CrashPolicy.Rerun)),
        output);

    [Fact]
    public Task Completing_a_message_of_which_nobody_knows_is_found() => Found.ByAsync(
        "nothing is dropped: It is Unknown, and 0 of 2 copies are dead letters.",
        ConsumerPolicyProofTests.Proof(process => new PolicyConsumer(process, CrashPolicy.Block) { CompletesWhatIsUnknown = true }),
        output);

    [Fact]
    public Task A_saga_step_that_is_made_again_although_it_can_not_be_repeated_is_found() => Found.ByAsync(
        "'charge' had 2 effects for o-1, under no key.",
        SagaPolicyProofTests.Proof(process => Shop.StartAsync(process, new ShopRelease(ChargePolicy: CrashPolicy.Block, RerunsAllTheSame: true))),
        output);
}
