using Payments.Accounts;
using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.Proof.Tests.Outside;
using Payments.Proof.Tests.Processes;
using Payments.State;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests.Books;

/// <summary>All the books after a run: ours as the app wrote them, and the gateway's.</summary>
internal sealed record Ends(
    IReadOnlyList<Payment> Payments,
    IReadOnlyList<LedgerEntry> Ledger,
    IReadOnlyList<StatementEntry> Statement,
    IReadOnlyList<GatewayCharge> Charges,
    IReadOnlyList<GatewayCall> Calls,
    IReadOnlyDictionary<string, string> Events)
{
    public const string Account = "acct-1";

    /// <summary>Reads the books of a run, once for all that look into them.</summary>
    public static Task<Ends> ReadAsync(ProofEnd end, Beginning beginning) => end.Shared(() => new Lazy<Task<Ends>>(() => ReadAllAsync(end, beginning))).Value;

    /// <summary>What happened, in words: the same after every run. Without ids, which hang on the moment at which an operation began.</summary>
    public override string ToString() => $"payments {Sorted(Payments.Select(payment => $"{payment.Amount} {payment.Status}"))}"
        + $" | ledger {Sorted(Ledger.Select(entry => $"{entry.Type} {entry.Amount} {entry.AccountId}"))}"
        + $" | gateway {Sorted(Charges.Select(charge => $"{charge.Amount} {charge.Status}"))}"
        + $" | told {Sorted(Events.Keys.Select(id => id.Split('.', 2)[1]))}"
        + $" | statement {Sorted(Statement.Select(entry => $"{entry.Type} {entry.Amount}"))}";

    private static async Task<Ends> ReadAllAsync(ProofEnd end, Beginning beginning)
    {
        List<Payment> payments = [];
        List<LedgerEntry> ledger = [];
        for (var shard = 0; shard < PaymentsProcess.Shards; shard++)
        {
            foreach (var row in await end.ListAsync(new PaymentPartition(MerchantId.Local, (byte)shard).Address))
            {
                Read(row, payments, ledger);
            }
        }

        var party = end.Shared(beginning.NewGateway);
        return new Ends(
            payments,
            ledger,
            (await new StatementReader(end.Store).ReadAsync(MerchantId.Local, Account, CancellationToken.None)).Entries,
            await party.Gateway.ListAsync(Account, CancellationToken.None),
            party.Calls,
            EventsOf(end));
    }

    private static string Sorted(IEnumerable<string> texts) => string.Join(", ", texts.Order(StringComparer.Ordinal));

    private static void Read(Row row, List<Payment> payments, List<LedgerEntry> ledger)
    {
        var key = row.Address.RowKey.Split('|', 2);
        if (key[0] == "payment" && PaymentId.TryParse(key[1], out var id))
        {
            payments.Add(PaymentRow.ToPayment(id, row));
        }
        else if (key[0] == "ledger")
        {
            ledger.Add(LedgerRow.ToEntry(row));
        }
    }

    // The same event may be sent more than once, but never as two things.
    private static Dictionary<string, string> EventsOf(ProofEnd end) => end.Sent
        .Where(message => message.Queue == global::Payments.Queues.PaymentsQueues.PaymentEvents)
        .GroupBy(message => message.MessageId, message => Convert.ToHexString(message.Body.Span))
        .ToDictionary(sent => sent.Key, sent => sent.Distinct().Single());
}
