using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Payments.Gateway;
using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Outside;
using Payments.Proof.Tests.Processes;
using Payments.Receipts;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests;

/// <summary>A proof of the app: its processes, its gateway, its sweep, and what must always hold of its books. Tests add the callers.</summary>
internal static class PaymentsProof
{
    // How many times as far as usual: for a long run by hand, "PROOF_DEPTH=20 dotnet test tests/Payments.Proof.Tests".
    private static readonly int Depth = int.TryParse(Environment.GetEnvironmentVariable("PROOF_DEPTH"), NumberStyles.None, CultureInfo.InvariantCulture, out var depth) && depth > 0 ? depth : 1;

    // The usual run takes the same random schedules each time, so that a change is to blame where it fails; a long run by hand takes others.
    private static readonly int? Seed = Depth == 1 ? 1 : null;

    /// <param name="beginning">What there is already. Default nothing.</param>
    /// <param name="payments">How many payments there are at the end; null where that is up to the run.</param>
    /// <param name="gateway">Puts something before the gateway; nothing by default.</param>
    /// <param name="store">The store of a process; that of the proof by default.</param>
    public static IdempotencyProof<PaymentsProcess> From(
        Beginning? beginning = null,
        int? payments = null,
        Func<ProofProcess, IPaymentGateway, IPaymentGateway>? gateway = null,
        Func<ProofProcess, IRowStore>? store = null)
    {
        var begins = beginning ?? new Beginning();
        return new IdempotencyProof<PaymentsProcess>(process => PaymentsProcess.StartAsync(process, services =>
            {
                var outside = new OutsideGateway(process, process.Shared(begins.NewGateway));
                services.AddSingleton(gateway?.Invoke(process, outside) ?? outside);
                services.AddSingleton(outside);
                services.AddSingleton(process.Shared(() => new PersonsAnswers()));
                services.AddSingleton(store?.Invoke(process) ?? process.Store);
                services.AddSingleton<IReceiptMailer>(new OutsideMailer(process));
            }))
            .Over(begins.NewStore)
            .Job("the sweep", app => app.SweepAsync())
            .Holds("One payment for each key", begins, ends => payments is null || ends.Payments.Count == payments ? null : $"there are {ends.Payments.Count}.")
            .Holds("The charges are the payments", begins, Audit.ChargesAreThePayments)
            .Holds("The ledger balances", begins, Audit.LedgerBalances)
            .Holds("The gateway's keys are stable", begins, Audit.GatewayKeysAreStable)
            .Holds("Changes are told", begins, ends => Audit.ChangesAreTold(ends, begins));
    }

    /// <summary>Adds what must hold of the books.</summary>
    public static IdempotencyProof<PaymentsProcess> Holds(this IdempotencyProof<PaymentsProcess> proof, string name, Beginning beginning, Func<Ends, string?> check) =>
        proof.Invariant(name, async end => check(await Ends.ReadAsync(end, beginning)));

    /// <summary>Has the app take what comes to a queue.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="operation">Which operation a message belongs to.</param>
    public static IdempotencyProof<PaymentsProcess> Consumes(
        this IdempotencyProof<PaymentsProcess> proof, string queue, Func<ServerlessIdempotency.Inbox.InboundMessage, string?>? operation = null) =>
        proof.Consumer(queue, (app, message) => app.ReceiveAsync(queue, message), operation);

    /// <summary>Runs it, and demands that nothing in the app left what the proof controls: what does is found by chance and can't be replayed.</summary>
    public static async Task<ProofReport> RunControlledAsync(this IdempotencyProof<PaymentsProcess> proof)
    {
        var report = await proof.RunAsync();
        Assert.Equal(0, report.Uncontrolled);
        return report;
    }

    /// <summary>Bounds how far the proof looks.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="deviations">The most things that go another way than by themselves.</param>
    /// <param name="schedules">The most schedules one by one.</param>
    /// <param name="samples">Random schedules beyond.</param>
    public static IdempotencyProof<PaymentsProcess> Within(this IdempotencyProof<PaymentsProcess> proof, int deviations, int schedules, int samples)
    {
        proof.Options.Deviations = deviations;
        proof.Options.MaxSchedules = schedules * Depth;
        proof.Options.Samples = samples * Depth;
        proof.Options.Seed = Seed;
        return proof;
    }
}
