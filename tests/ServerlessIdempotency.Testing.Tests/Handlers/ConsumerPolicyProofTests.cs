using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Each crash policy for a consumer: a message and its copy, over a gateway that knows no repetition.</summary>
public sealed class ConsumerPolicyProofTests(ITestOutputHelper output)
{
    private const int Copies = 2;

    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Probe)]
    public async Task A_message_of_a_charge_that_can_not_be_repeated_is_done_once_or_a_dead_letter(CrashPolicy policy)
    {
        var (dead, late, fenced) = (0, 0, 0);
        var proof = Proof(process => new PolicyConsumer(process, policy), async end =>
        {
            dead += end.DeadLetters.Count > 0 ? 1 : 0;
            late += await PolicyConsumer.CompletedLateAsync(end) ? 1 : 0;
            fenced += PolicyEnds.WasFenced(end) ? 1 : 0;
        });
        var report = await proof.RunAsync();

        output.WriteLine($"Consumer, {policy}: {report} In {dead} of them there are dead letters, in {late} the answer came after one, in {fenced} a slow executor was fenced.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(dead > 0, "There was no dead letter.");
        Assert.True(late > 0, "Nothing completed late: the policy was not tried.");
        Assert.Equal(policy == CrashPolicy.Probe, fenced > 0);
    }

    internal static IdempotencyProof<PolicyConsumer> Proof(Func<ProofProcess, PolicyConsumer> start, Func<ProofEnd, Task>? look = null) => new IdempotencyProof<PolicyConsumer>(start)
        .Consumer(PolicyConsumer.Queue, (app, message) => app.ConsumeAsync(message))
        .Message(PolicyConsumer.Queue, PolicyConsumer.Message)
        .Message(PolicyConsumer.Queue, PolicyConsumer.Message)
        .EndsWell(look ?? (_ => Task.CompletedTask))
        .Invariant("nothing is dropped", end => PolicyConsumer.NothingIsDroppedAsync(end, Copies))
        .MayDeadLetter()
        .MayLeaveUnfinished();
}
