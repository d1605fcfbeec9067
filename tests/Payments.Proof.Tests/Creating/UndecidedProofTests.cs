using System.Net;
using Payments.Partitions;
using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Outside;
using Payments.Proof.Tests.Processes;
using Payments.Undecided;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Creating;

/// <summary>A gateway that decides late, a caller, a person and the sweep: whoever is first, there is one answer, and it is what the gateway did.</summary>
public sealed class UndecidedProofTests(ITestOutputHelper output)
{
    private const string Route = "CreatePayment";

    // The caller pays no more attention than this, or its attempts would be most of the story.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    [Theory]
    [InlineData("not-charged")]
    [InlineData("captured")]
    public async Task A_person_decides_while_the_gateway_does(string decision)
    {
        var beginning = new Beginning();
        var proof = Undecided(beginning)
            .Call("A", "k-1", PatientlyAsync)
            .Call("P", "a person", app => app.DecidePaymentAsync(TimeSpan.FromSeconds(10), decision))
            .Call("G", "the gateway", app => app.DecideAtGatewayAsync(TimeSpan.FromSeconds(60)))
            .Invariant("The decision is the answer", end => CheckAsync(end, beginning, decision))
            .Within(deviations: 2, schedules: 700, samples: 60);

        output.WriteLine($"{decision}: {await proof.RunControlledAsync()}");
    }

    [Fact]
    public async Task Two_persons_decide_otherwise_and_one_of_them_does()
    {
        var beginning = new Beginning();
        var proof = Undecided(beginning)
            .Call("A", "k-1", PatientlyAsync)
            .Call("P", "a person", app => app.DecidePaymentAsync(TimeSpan.FromSeconds(10), "not-charged"))
            .Call("Q", "another person", app => app.DecidePaymentAsync(TimeSpan.FromSeconds(10), "captured"))
            .Call("G", "the gateway", app => app.DecideAtGatewayAsync(TimeSpan.FromSeconds(60)))
            .Invariant("One decides", async end =>
            {
                var kept = await DecisionsAsync(end);
                string[] told = [.. Answers(end).Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => answer.Decision.Replace("-", "", StringComparison.Ordinal)).Distinct()];
                return kept.Count <= 1 && told.All(kept.Contains) ? null : $"[{string.Join(", ", told)}] were told so, [{string.Join(", ", kept)}] is kept.";
            })
            .Within(deviations: 1, schedules: 500, samples: 60);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    [Fact]
    public async Task A_caller_who_does_not_come_again_is_served_by_the_sweep()
    {
        var proof = PaymentsProof.From()
            .Call("A", "k-1", app => app.PostUntilEndedAsync(Route, "k-1", PaymentBodies.Of("pm_async_1")))
            .Call("G", "the gateway", app => app.DecideAtGatewayAsync(TimeSpan.FromSeconds(60)))
            .Job("the sweep of undecided payments", app => app.SweepUndecidedAsync())
            .Eventually("What is charged is not undecided", IsUndecidedAsync)
            .Eventually("Every message is sent", async end => (await ListAsync(end, "outbox|")).Count > 0 ? "one is not." : null)

            // What was not charged stays open for its caller: the sweep charges nobody.
            .MayLeaveUnfinished()
            .Within(deviations: 2, schedules: 500, samples: 40);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    // What the proof is for: a person's no that keeps nothing out.
    [Fact]
    public async Task A_decision_that_keeps_no_late_charge_out_is_found()
    {
        var proof = PaymentsProof.From(gateway: (_, inner) => new LooksOnlyGateway(inner))
            .Call("A", "k-1", PatientlyAsync)
            .Call("P", "a person", app => app.DecidePaymentAsync(TimeSpan.FromSeconds(10), "not-charged"))
            .Call("G", "the gateway", app => app.DecideAtGatewayAsync(TimeSpan.FromSeconds(60)))
            .Within(deviations: 1, schedules: 200, samples: 0);

        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);

        output.WriteLine(failure.Message);
        Assert.Contains("The charges are the payments", failure.Message, StringComparison.Ordinal);
    }

    private static IdempotencyProof<PaymentsProcess> Undecided(Beginning beginning) => PaymentsProof.From(beginning)
        .Job("the sweep of undecided payments", app => app.SweepUndecidedAsync());

    private static async Task<ProofAnswer> PatientlyAsync(PaymentsProcess app)
    {
        var answer = await app.PostAsync(Route, "k-1", PaymentBodies.Of("pm_async_1"));
        return answer is ProofAnswer.TryAgain again ? again with { After = Patience } : answer;
    }

    private static async Task<string?> CheckAsync(ProofEnd end, Beginning beginning, string decision)
    {
        var answer = end.ToldOf("k-1")[0][..3];
        var kept = await DecisionsAsync(end);
        var payments = (await Ends.ReadAsync(end, beginning)).Payments.Count;
        var isTold = Answers(end).Any(told => told.Status == HttpStatusCode.OK);
        return (answer, payments) is ("201", 1) or ("409", 0)
            && (kept.Count == 0 || (kept is [var only] && only == decision.Replace("-", "", StringComparison.Ordinal) && answer == (decision == "captured" ? "201" : "409")))
            && (!isTold || kept.Count == 1)
            && (answer == "201" || kept.Count == 1)
            ? null
            : $"The caller was told {answer}, there are {payments} payments, and [{string.Join(", ", kept)}] is kept.";
    }

    private static IReadOnlyList<(string Decision, HttpStatusCode Status)> Answers(ProofEnd end) => end.Shared(() => new PersonsAnswers()).Answers;

    // The books are read once for all, and this is asked while they are still written.
    private static async Task<string?> IsUndecidedAsync(ProofEnd end)
    {
        var charges = await end.Shared(new Beginning().NewGateway).Gateway.ListAsync(Ends.Account, CancellationToken.None);
        foreach (var partition in UndecidedPaymentRow.Partitions)
        {
            if (charges.Count > 0 && (await end.ListAsync(partition)).Count > 0)
            {
                return "one is.";
            }
        }

        return null;
    }

    private static async Task<List<string>> DecisionsAsync(ProofEnd end) =>
        [.. (await ListAsync(end, "payment-decision|")).Select(row => row.GetString("Decision")!.ToLowerInvariant())];

    private static async Task<List<Row>> ListAsync(ProofEnd end, string prefix)
    {
        var rows = new List<Row>();
        for (var shard = 0; shard < PaymentsProcess.Shards; shard++)
        {
            rows.AddRange(await end.ListAsync(new PaymentPartition(MerchantId.Local, (byte)shard).Address, prefix));
        }

        return rows;
    }
}
